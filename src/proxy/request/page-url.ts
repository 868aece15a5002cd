const MAX_LENGTH = 2_048
/** What of a longer one is read at all. */
const MAX_GIVEN = 8_192

/** What a cut may leave of an escape. */
const HALF_ESCAPE = /%[\da-f]?$/i

/** A fragment that is a route, `#/bikes`, and not an anchor or somebody's token; a query within it goes. */
const ROUTE = /^#!?\/[^?&=]*/

function parseUrl(given: string): URL | undefined {
  // The parser takes its time over what nobody keeps.
  const text = given.slice(0, MAX_GIVEN)
  try {
    // To ask canParse first would parse every address twice.
    return new URL(text)
  } catch {
    // Whether it is one is all that was asked.
    return undefined
  }
}

/**
 * The address of a page as it may be kept: http or https, without user, fragment and query (tokens and names live
 * there), but for the parameters that `keep` names, and a fragment that is a route: pages send it only where the site
 * said that its fragments are routes. What is too long is cut: an answer is worth more than the end of an address.
 *
 * @param onCut is told where a parameter goes
 * @returns undefined where it is no such address
 */
export function cleanPageUrl(
  text: string,
  keep: ReadonlySet<string>,
  onCut: () => void = () => undefined,
): string | undefined {
  const url = parseUrl(text)
  if (!url) return undefined
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const given = url.search ? [...url.searchParams] : []
  const kept = given.filter(([name]) => keep.has(name))
  if (kept.length < given.length) onCut()
  const query = kept.length > 0 ? `?${new URLSearchParams(kept)}` : ''
  const address = url.origin + url.pathname + query + (ROUTE.exec(url.hash)?.[0] ?? '')
  return address.length > MAX_LENGTH ? address.slice(0, MAX_LENGTH).replace(HALF_ESCAPE, '') : address
}
