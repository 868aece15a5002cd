import { ZerotenError } from '../http/zeroten-error.js'

/** What every error of the client tells, and all that it tells: no query, no body, no token. */
export interface RequestLine {
  method: string
  /** Without the query. */
  path: string
}

/** The base of every error with which a method of the client rejects, but for the reason of an aborted signal. */
export class ClientError extends ZerotenError {
  override name = 'ClientError'
}
