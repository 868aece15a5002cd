import type { Courier } from '../courier/courier.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { type Draft, draftKey, isUnfinished } from './draft.js'

/**
 * Whether somebody has answered, of which the proxy can't know: what they gave waits to be delivered, or is a score that
 * waits for its text, be it since before a log-out. Of whoever is not named, a log-out makes somebody else.
 */
export async function isResponseWaiting(
  { queue, store }: Pick<Courier, 'queue' | 'store'>,
  who: string,
): Promise<boolean> {
  for (const key of await queue.keys())
    if (!key.isPageView && isOwnedBy((await queue.read(key))?.owner ?? '?', who)) return true
  for (const key of (who && (await store.keys())) || [])
    if (key.startsWith(draftKey(who)) && isUnfinished(((await store.get(key)) ?? {}) as Draft)) return true
  return false
}
