import { ZerotenError } from '../../http/zeroten-error.js'

/** What the browser is told when its request as a whole is refused. The message is ours: nothing of the request is in it. */
export class ProxyError extends ZerotenError {
  override name = 'ProxyError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(code, message)
    this.status = status
    this.headers = headers
  }
}

/** For `Retry-After`: whole seconds, at least one. */
export const toRetryAfterS = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000))
