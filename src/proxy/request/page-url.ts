const MAX_LENGTH = 2_048

/**
 * The address of a page as it may be kept: http or https, without user, fragment and query (tokens and names live
 * there), but for the parameters that `keep` names.
 *
 * @returns undefined where it is no such address
 */
export function cleanPageUrl(text: string, keep: ReadonlySet<string>): string | undefined {
  if (text.length > MAX_LENGTH || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const kept = keep.size > 0 ? [...url.searchParams].filter(([name]) => keep.has(name)) : []
  const query = kept.length > 0 ? `?${new URLSearchParams(kept)}` : ''
  return url.origin + url.pathname + query
}
