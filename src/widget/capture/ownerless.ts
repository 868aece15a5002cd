/** Instead of a hash: `identify()` will say whose it is. Until then nobody may bring it. */
export const OWNERLESS = '?'

/** So long a page view waits for `identify()`; then it is nobody's in particular. */
export const OWNERLESS_MS = 5_000

/** Whether the page is likely to say soon who is here. */
export const isOwnerless = (
  { named }: { named?: string | undefined },
  { mayWait, isLater }: { mayWait?: boolean | undefined; isLater?: boolean | undefined },
): boolean => !!mayWait && (!!isLater || !!named)
