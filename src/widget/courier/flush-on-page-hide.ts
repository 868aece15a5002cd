import { MAX_BATCH_EVENTS } from '../../wire/delivery.js'
import { deferredMs, type Flushing } from './flushing.js'
import { isFailure } from './post-batch.js'
import { isOwned } from './select-batch.js'
import { applyResponse, sendBatch } from './send-batch.js'

/** Browsers allow 64 KiB of keepalive requests at a time: so much for the page's end. */
const LEAVE_BYTES = 40_000

/** Sends what this page still holds, beyond its own life; from memory, since a page that goes has no time to read. */
export async function flushOnPageHide(flushing: Flushing): Promise<void> {
  const owner = flushing.identityHash()
  let bytes = 0
  const taken = flushing.queue
    .own()
    .filter(([key, stored]) => {
      const isDue = !deferredMs(flushing, key.id) && isOwned(stored, owner)
      if (!isDue || bytes + key.bytes > LEAVE_BYTES) return false
      bytes += key.bytes
      return true
    })
    .slice(0, MAX_BATCH_EVENTS)
  if (!taken[0]) return
  const sent = await sendBatch(flushing, taken, { claim: flushing.claim(), keepalive: true, isLeaving: true })
  // The page may live on, in the back/forward cache or because the visitor stayed: then the response counts.
  if (!isFailure(sent.response))
    await applyResponse(flushing, taken, sent.response, { ...sent, isAsked: false, owner })
}
