import { ClientError, type RequestLine } from './client-error.js'

const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{2,40}$/

/** The first system code (`ECONNREFUSED`, `UND_ERR_SOCKET`) in a chain of causes. */
function systemCode(error: unknown): string | undefined {
  let current = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string' && SYSTEM_CODE.test(current.code))
      return current.code
    current = current.cause
  }
  return undefined
}

/**
 * No answer: the connection failed or broke. `code` is `network_failed`. Carries no `cause`: what a transport throws
 * may hold the bytes of an answer or of a header.
 */
export class NetworkError extends ClientError {
  override name = 'NetworkError'
  /** The system's code, such as `ECONNREFUSED`. */
  readonly reason: string | undefined

  constructor({ method, path }: RequestLine, error: unknown) {
    const reason = systemCode(error)
    super('network_failed', `${method} ${path} had no answer${reason ? `: ${reason}` : ''}`)
    this.reason = reason
  }
}
