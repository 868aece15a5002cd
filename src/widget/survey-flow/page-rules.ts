import type { Settings } from '../settings/settings.js'

/**
 * Whether `path` is what a pattern says, in which `*` stands for anything and every other character for itself. Each part
 * between two stars is looked for once, from the end of the last one: the first place is as good as any later one.
 */
const matches =
  (path: string) =>
  (pattern: string): boolean => {
    const [start = '', ...parts] = pattern.split('*')
    const end = parts.pop()
    if (end === undefined) return path === start
    if (!path.startsWith(start)) return false
    let from = start.length
    for (const part of parts) {
      const found = path.indexOf(part, from)
      if (found < 0) return false
      from = found + part.length
    }
    return path.slice(from).endsWith(end)
  }

/** Whether the site wants to be asked about on this page. Where fragments are routes, they belong to the path. */
export function isAllowedHere(
  { includePages = ['*'], excludePages = [], hashRoutes }: Settings,
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
): boolean {
  const isPage = matches(hashRoutes ? pathname + hash : pathname)
  return [includePages].flat().some(isPage) && ![excludePages].flat().some(isPage)
}
