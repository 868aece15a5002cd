/** The demo's own session, which a real site would keep out of scripts' reach: who is logged in, and the switch "offline". */

const DAY_S = 86_400

export function readCookie(name: string): string {
  const found = document.cookie.split('; ').find(cookie => cookie.startsWith(`${name}=`))
  return found?.slice(name.length + 1) ?? ''
}

/** An empty value removes it. */
export function writeCookie(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: cookieStore is missing in Firefox before 140
  document.cookie = `${name}=${value}; path=/; samesite=strict; max-age=${value ? DAY_S : 0}`
}
