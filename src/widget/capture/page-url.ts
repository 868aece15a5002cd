import type { Settings } from '../settings/settings.js'

const isAddress = (href: unknown) => /^https?:/.test(href as string)

/**
 * The page's own address. A document without one (`about:srcdoc`, `about:blank`, `blob:`) has that of the page that holds
 * it, or opened it, where one of them is known.
 */
const ownAddress = (): string =>
  [location.href, window.frameElement?.ownerDocument.location.href, document.referrer].find(isAddress) ??
  location.href

/** What the page's rules go by. */
export const pageLocation = (): Pick<Location, 'pathname' | 'hash'> => new URL(ownAddress())

/** The proxy reads no more of an address. */
const MAX_URL = 8_192

/**
 * A URL as it is recorded: without fragment, and without query but for what the site allows.
 *
 * @param given whatever a page said that its address is: text, or an object with `href`; anything else is the page's own
 * @returns the empty string where it is no address of a page
 * @throws TypeError where it is no URL
 */
export function normalizeUrl(given: unknown, { keepParams = [], hashRoutes }: Settings): string {
  const own = ownAddress()
  const href = [given, (given as Location | undefined)?.href].find(text => typeof text === 'string') ?? own
  const url = new URL(href, own)
  const kept = [...url.searchParams].filter(([name]) => keepParams.includes(name))
  url.search = `${new URLSearchParams(kept)}`
  return isAddress(url)
    ? (url.origin + url.pathname + url.search + (hashRoutes ? url.hash : '')).slice(0, MAX_URL)
    : ''
}
