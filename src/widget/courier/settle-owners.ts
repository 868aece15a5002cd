import { OWNERLESS, OWNERLESS_MS } from '../capture/ownerless.js'
import { type Queue, readOwner, type StoredEvent } from './queue.js'
import type { SharedState } from './state-store.js'
import type { Store } from './store.js'

/** What waited longer was seen on an earlier visit. */
const VISIT_MS = 1_800_000

/**
 * Says whose the page views are that wait for it: of whoever is here now, or of nobody in particular. In one transaction
 * each, so that what another tab has decided, or delivered, stays so.
 */
export async function settleOwners(
  { queue, store, state }: { queue: Queue; store: Store; state: SharedState },
  here: string,
): Promise<void> {
  const { known, named } = state.get()
  const own = new Set(queue.own().map(([{ id }]) => id))
  for (const key of await queue.keys()) {
    const ageMs = Math.abs(Date.now() - key.timeMs)
    const owner = ageMs < VISIT_MS || here === named ? here : ''
    // What another tab has just recorded, that one may still decide.
    if (!key.isPageView || (!owner && ageMs < OWNERLESS_MS && !own.has(key.id))) continue
    const settle = (stored: StoredEvent) => ({
      ...stored,
      owner,
      event: { ...stored.event, ticket: known[owner]?.ticket },
    })
    if ((await queue.read(key))?.owner !== OWNERLESS) continue
    await store.update<StoredEvent | undefined>(key.key, old => {
      const stored = old && readOwner(old)
      return stored?.owner === OWNERLESS ? settle(stored) : old
    })
  }
  if (here && here !== named) await state.update(() => ({ named: here }))
}
