import { ProxyError } from './proxy-error.js'

/** What is left of such a body is not read, so the connection is of no more use. */
const CLOSE = { Connection: 'close' }

export const bodyTooLarge = (maxBytes: number) =>
  new ProxyError(413, 'too_large', `more than ${maxBytes} bytes`, CLOSE)

export const bodyTooSlow = () => new ProxyError(408, 'body_timeout', 'the body took too long', CLOSE)

export const bodyBroken = () => new ProxyError(400, 'malformed', 'the body broke off or is not UTF-8')

/** Something of the host has read the body and left nothing of it: a mistake in its set-up, which must cost no event. */
export const bodyTaken = () =>
  new ProxyError(500, 'body_taken', 'the body was read before: mount the proxy before what reads bodies')
