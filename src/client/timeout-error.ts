import { ClientError, type RequestLine } from './client-error.js'

/** The answer, its body included, was not there in time. `code` is `timed_out`. */
export class TimeoutError extends ClientError {
  override name = 'TimeoutError'
  readonly timeoutMs: number

  constructor({ method, path }: RequestLine, timeoutMs: number) {
    super('timed_out', `${method} ${path} was not answered within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}
