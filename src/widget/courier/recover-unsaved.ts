import type { WidgetContext } from '../boot/context.js'
import { dropUnsaved, saveUnsaved, unsavedKey } from '../storage/unsaved-events.js'
import type { Courier } from './courier.js'
import { parseEventKey } from './event-key.js'
import { markTried, type StoredEvent } from './queue.js'

/** Keeps the page views that memory alone has, as the page goes. What visitors gave has its journal. */
export function keepUnsaved(
  { name }: WidgetContext,
  { store, queue }: Pick<Courier, 'store' | 'queue'>,
): void {
  saveUnsaved(
    name,
    queue
      .own()
      .flatMap(([{ key, isPageView }, stored]) =>
        isPageView && store.hasUnpersisted(key) ? [{ key, stored }] : [],
      ),
  )
}

type Entry = [key: string, stored: StoredEvent]

/** Entries as earlier pages wrote them: what has not the key of an event, or holds none, is left out. */
const parseEntries = (text: string): Entry[] => {
  try {
    return JSON.parse(`[${text}]`).filter(
      ([key, stored]: Partial<Entry>) => parseEventKey(key as string) && stored?.event,
    )
  } catch {
    // Not ours.
    return []
  }
}

/**
 * Puts into the store what earlier pages could not. The page that left an event may have sent it in its last moment: so it
 * is marked as tried, and as long as it is young nobody else sends it.
 */
export async function recoverUnsaved(
  { name }: WidgetContext,
  { store, queue, flusher }: Pick<Courier, 'store' | 'queue' | 'flusher'>,
): Promise<void> {
  const text: string | undefined = localStorage[unsavedKey(name)]
  if (!text) return
  const waiting = new Set((await queue.keys()).map(({ id }) => id))
  const entries = parseEntries(text)
    .filter(([key]) => !waiting.has(parseEventKey(key)?.id as string))
    .map(([key, stored]) => [key, markTried(stored)] as const)
  await store.write(entries)
  // Without a database, they are this page's own.
  for (const [key, stored] of entries) if (store.hasUnpersisted(key)) await queue.adopt(key, stored, true)
  // What a third page has left meanwhile is the next one's.
  if (localStorage[unsavedKey(name)] === text) dropUnsaved(name)
  flusher.flush()
}
