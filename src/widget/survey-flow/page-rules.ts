import type { Settings } from '../settings/settings.js'

const matches = (path: string) => (pattern: string) =>
  // Everything else in a pattern stands for itself.
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(path)

/** Whether the site wants to be asked about on this page. Where fragments are routes, they belong to the path. */
export function mayComeHere(
  { includePages = ['*'], excludePages = [], hashRoutes }: Settings,
  { pathname, hash }: Pick<Location, 'pathname' | 'hash'>,
): boolean {
  const isPage = matches(hashRoutes ? pathname + hash : pathname)
  return [includePages].flat().some(isPage) && ![excludePages].flat().some(isPage)
}
