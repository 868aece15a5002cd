import type { Api, ApiOptions } from '../api/index.js'
import { ZerotenError } from '../http/zeroten-error.js'
import { UsageError } from './usage-error.js'

/** A driver tries every address of a host and reports the failures together, without words of its own. */
const reasonOf = (error: unknown): string => {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error ? first.message : String(first)
}

/**
 * Opens the API on its database.
 *
 * @throws UsageError for options that can't be; ZerotenError where the driver is missing or the database can't be opened
 */
export async function openApi(options: ApiOptions): Promise<Api> {
  // Here, since the proxy's commands must not wait for the API's code.
  const { createApi } = await import('../api/index.js')
  try {
    return await createApi(options)
  } catch (cause) {
    if (cause instanceof ZerotenError) throw cause
    if (cause instanceof TypeError) throw new UsageError(cause.message, { cause })
    throw new ZerotenError('database_not_opened', `the database can't be opened: ${reasonOf(cause)}`, {
      cause,
    })
  }
}
