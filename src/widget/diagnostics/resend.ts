import type { WidgetContext } from '../boot/context.js'
import type { Courier } from '../courier/courier.js'
import { MAX_AGE_S } from '../courier/event-time.js'
import { evict } from '../courier/quota.js'
import { deadLetterKeys, deadLetters } from './dead-letters.js'
import { whileLocked } from './while-locked.js'

/** Gives every dead letter another try, under its own id, and tells of those that are too old. @returns how many */
export async function resend({ emitter }: WidgetContext, courier: Courier): Promise<number> {
  const { store, state, queue, flusher } = courier
  let count = 0
  // Whoever flushes may be about to add one.
  await whileLocked(courier, async () => {
    const keys = await deadLetterKeys(store)
    const letters = await deadLetters(store, keys)
    for (const { reason: _, deadMs: __, ...stored } of letters) {
      // Beyond what the proxy takes as a time: then it is clamped.
      const isTooOld = Date.now() / 1_000 - stored.event.at > MAX_AGE_S
      await queue.add({ ...stored, isUnsettled: stored.isUnsettled || isTooOld })
    }
    count = letters.length
    await state.update(() => ({ dead: 0 }))
    await evict({ state, queue, emitter }, [], keys.length - count)
    await store.write([], keys)
  })
  flusher.flush(0, true)
  return count
}
