/** Parsers of flag values. Each throws an Error whose message ends the sentence "--flag …". */

export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error('takes a port, 0 to 65535')
  return Number(text)
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error('takes a whole number above 0')
  return Number(text)
}

/** An absolute http or https address without credentials, query or fragment; no slash at its end. */
export function parseHttpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('takes an http or https URL')
  if (url.username || url.password || url.search || url.hash)
    throw new Error('takes a URL without user, query or fragment')
  return url.href.replace(/\/$/, '')
}

/** Scheme, host and port alone, as browsers send it in `Origin`. */
export function parseOrigin(text: string): string {
  const url = new URL(parseHttpUrl(text))
  if (url.pathname !== '/') throw new Error('takes an origin: scheme, host and port')
  return url.origin
}

/** A path that begins with a slash and does not end with one. */
export function parseBasePath(text: string): string {
  if (!/^(?:\/[\w.~-]+)+$/.test(text)) throw new Error('takes a path such as /zeroten')
  return text
}

export const parseText = (text: string): string => {
  if (text.trim() === '') throw new Error('takes a value')
  return text
}

/** One of a few words. */
export const parseChoice =
  <const T extends string>(...choices: readonly T[]) =>
  (text: string): T => {
    const choice = choices.find(candidate => candidate === text)
    if (choice === undefined) throw new Error(`takes ${choices.join(' or ')}`)
    return choice
  }

/** An IANA name that this runtime knows. */
export function parseTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch (cause) {
    throw new Error('takes an IANA time zone such as Europe/Berlin', { cause })
  }
}

export function parseDays(text: string): number {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) throw new Error('takes days, 0 or more')
  return Number(text)
}

export function parsePercent(text: string): number {
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(text) || Number(text) > 100)
    throw new Error('takes a number from 0 to 100')
  return Number(text)
}
