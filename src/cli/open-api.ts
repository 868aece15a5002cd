import type { Api, ApiOptions } from '../api/index.js'
import { ZerotenError } from '../http/zeroten-error.js'
import { UsageError } from './usage-error.js'

/**
 * Opens the API on its database.
 *
 * @throws UsageError for options that can't be; ZerotenError where the driver is missing or the database can't be opened
 */
export async function openApi(options: ApiOptions): Promise<Api> {
  // Here, since the proxy's commands must not wait for the API's code.
  const { createApi, storageFault } = await import('../api/index.js')
  try {
    return await createApi(options)
  } catch (cause) {
    if (cause instanceof ZerotenError) throw cause
    if (cause instanceof TypeError) throw new UsageError(cause.message, { cause })
    throw new ZerotenError(
      'database_not_opened',
      `the database can't be opened: ${storageFault(cause) ?? 'the driver gives no reason that is known'}`,
      {
        cause,
      },
    )
  }
}
