import { readCookie, writeCookie } from './cookie.js'

/**
 * The switch "offline". The demo server hangs up on every delivery of a browser that sends this cookie: no status, no
 * answer, as when the network is gone. Pages and files still load, as they do from a cache, since there would be
 * nothing to look at otherwise.
 */
const COOKIE = 'kestrel_offline'

export const isOffline = (): boolean => readCookie(COOKIE) !== ''

export function setOffline(offline: boolean): void {
  writeCookie(COOKIE, offline ? '1' : '')
  // Browsers tell pages so when the network goes and comes; the widget listens for it.
  dispatchEvent(new Event(offline ? 'offline' : 'online'))
}
