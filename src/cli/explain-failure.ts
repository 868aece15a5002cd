import { isNativeError } from 'node:util/types'
import { ZerotenError } from '../http/zeroten-error.js'

/** What else a system error says of itself. */
interface SystemError extends Error {
  code?: unknown
  address?: string
  port?: number
}

const at = ({ address, port }: SystemError): string => `${address ?? 'this address'}, port ${port ?? '?'}`

const SYSTEM_ERRORS: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: error => `${at(error)} is in use; choose another with --port, or --port 0 for a free one`,
  EACCES: error => `${at(error)} may not be used by this process; choose a port above 1023`,
  EADDRNOTAVAIL: error => `${at(error)} is not an address of this machine; see --host`,
}

/**
 * One line for a failure that a user can do something about; the whole stack for anything else, since that is a
 * mistake of ours and they may want to send it to us.
 */
export function explainFailure(error: unknown): string {
  if (!isNativeError(error)) return String(error)
  const { code } = error as SystemError
  const explain =
    typeof code === 'string' && Object.hasOwn(SYSTEM_ERRORS, code) ? SYSTEM_ERRORS[code] : undefined
  if (explain) return explain(error)
  return error instanceof ZerotenError ? error.message : (error.stack ?? error.message)
}
