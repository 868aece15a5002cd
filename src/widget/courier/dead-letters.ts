import { DEAD_LETTER_PREFIX } from '../storage/keys.js'
import type { EventKey } from './event-key.js'
import type { StoredEvent } from './queue.js'
import { evict, type QuotaParts } from './quota.js'

/** An event that can't be delivered: refused for good, or too old. */
export interface DeadLetter extends StoredEvent {
  /** A reason of the proxy's, `status_…` of something before it, `expired`, or `corrupt`. */
  reason: string
  /** When it was given up, device clock. */
  deadMs: number
}

/** They lie in a ring: the next one takes the oldest one's place. */
const MAX_DEAD = 20

/** @param why what it could not be delivered for; undefined: too old, or no record of ours */
export async function moveToDeadLetters(parts: QuotaParts, key: EventKey, why?: string): Promise<void> {
  const { state, queue, emitter } = parts
  const stored = await queue.read(key)
  if (stored === undefined) return
  const reason = why ?? (stored ? 'expired' : 'corrupt')
  let count = 0
  await state.update(({ dead = 0 }) => {
    count = dead
    return { dead: dead + 1 }
  })
  const letter = { ...stored, reason, deadMs: Date.now() }
  await queue.remove([key], [[DEAD_LETTER_PREFIX + (count % MAX_DEAD), letter]])
  if (count >= MAX_DEAD) await evict(parts, [], 1)
  emitter.emit('rejected', { id: key.id, reason })
}
