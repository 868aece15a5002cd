import { MAX_BATCH_EVENTS } from '../../wire/delivery.js'
import type { State } from '../storage/shared-state.js'
import { concludeFailure, concludeSuccess, type SentBatch } from './conclude-batch.js'
import { moveToDeadLetters } from './dead-letters.js'
import type { EventKey } from './event-key.js'
import { timeLeft } from './event-time.js'
import { batchLimit } from './failure-policy.js'
import { applyToQueue, deferredMs, type Flushing, type Sender } from './flushing.js'
import type { Conclusion } from './lock.js'
import { isFailure } from './post-batch.js'
import type { Waiting } from './queue.js'
import { selectBatch } from './select-batch.js'
import { sendBatch } from './send-batch.js'

/** The events of one batch; a single event may be larger. */
const BATCH_BYTES = 32_768
/** Browsers allow 64 KiB of keepalive requests at a time: so much for a flush while the page is hidden, which may be its last. */
const HIDDEN_BYTES = 16_000
/** No wait is longer; one that is comes of a clock that was set back meanwhile. */
const MAX_WAIT_MS = 3_600_000

/** All that waits. A verdict that is wanted anew while the queue is read comes with an event that this reading may have missed. */
async function lookAtQueue(flushing: Flushing) {
  for (;;) {
    const ask = flushing.wanted
    const keys = await flushing.queue.keys()
    if (ask === flushing.wanted) return { ask, keys }
  }
}

async function select(
  flushing: Flushing,
  keys: EventKey[],
  before: State,
  owner: string,
): Promise<Waiting[]> {
  const { queue, moments, onOwnerless } = flushing
  const { taken, unfit, nextMs } = await selectBatch(keys, {
    queue,
    isWitnessed: id => moments.has(id),
    onOwnerless,
    deferredMs: id => deferredMs(flushing, id),
    owner,
    maxEvents: batchLimit(before, MAX_BATCH_EVENTS),
    maxBytes: document.hidden ? HIDDEN_BYTES : BATCH_BYTES,
  })
  for (const key of unfit) await moveToDeadLetters(flushing, key)
  flushing.flush(nextMs)
  return taken
}

/** The identity is read once: a visitor who is named while the queue is read and written gets nothing of it, and gives no ticket for it. */
async function chooseBatch(flushing: Flushing, before: State): Promise<SentBatch> {
  const { ask, keys } = await lookAtQueue(flushing)
  const sender: Sender = { owner: flushing.identityHash(), claim: flushing.claim() }
  const taken = await select(flushing, keys, before, sender.owner)
  if (taken[0] || ask) return { taken, before, sender, ask }
  // Events of an anonymous visitor, from before it was said who is here, are brought by the device alone.
  const anonymous: Sender = { owner: '', claim: { anonymous_id: sender.claim.anonymous_id } }
  return { taken: await select(flushing, keys, before, ''), before, sender: anonymous }
}

/** Sends one batch, where something waits or a verdict is wanted. @returns what all tabs have to know of it */
export async function flushOnce(flushing: Flushing): Promise<Conclusion | undefined> {
  const before = flushing.state.get()
  const waitMs = timeLeft(before.notBeforeMs, MAX_WAIT_MS)
  if (!flushing.takeUrgency() && waitMs) {
    flushing.flush(waitMs)
    return undefined
  }
  const batch = await chooseBatch(flushing, before)
  const { taken, ask, sender } = batch
  if (!taken[0] && !ask) return undefined
  const sent = await sendBatch(flushing, taken, { claim: sender.claim, ask, keepalive: document.hidden })
  const { response } = sent
  if (isFailure(response)) return concludeFailure(flushing, response, batch)
  await applyToQueue(
    flushing,
    taken,
    response,
    { ...sent, isAsked: !!ask, owner: sender.owner },
    sender.claim,
  )
  return concludeSuccess(flushing, response, batch)
}
