import { ProxyError, toRetryAfterS } from '../request/proxy-error.js'

/** The refusal of a whole batch that can't be delivered now. */
export const unavailable = (waitMs: number) =>
  new ProxyError(503, 'unavailable', 'the API is not to be reached; keep what was sent', {
    'Retry-After': String(toRetryAfterS(waitMs)),
  })
