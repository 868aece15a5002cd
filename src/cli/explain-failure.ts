import { isNativeError } from 'node:util/types'
import { ZerotenError } from '../http/zeroten-error.js'

/** What else a system's error says of itself. */
interface CodedError extends Error {
  code?: unknown
  address?: string
  port?: number
}

const at = ({ address, port }: CodedError): string => `${address ?? 'this address'}, port ${port ?? '?'}`

/** Failures that a user can do something about, by the error's code. */
const EXPLANATIONS: readonly [code: RegExp, explain: (error: CodedError) => string][] = [
  [/^EADDRINUSE$/, error => `${at(error)} is in use; choose another port, or 0 for one that is free`],
  [/^EACCES$/, error => `${at(error)} may not be used by this process; choose a port above 1023`],
  [/^EADDRNOTAVAIL$/, error => `${at(error)} is not an address of this machine; see --host`],
]

/**
 * One line for what a user can mend; the whole stack for anything else, since that is a mistake of ours and they may want
 * to send it to us.
 */
export function explainFailure(error: unknown): string {
  if (!isNativeError(error)) return String(error)
  const { code } = error as CodedError
  const found = EXPLANATIONS.find(([pattern]) => typeof code === 'string' && pattern.test(code))
  if (found) return found[1](error)
  return error instanceof ZerotenError ? error.message : (error.stack ?? error.message)
}
