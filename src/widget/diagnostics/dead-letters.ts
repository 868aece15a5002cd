import { DAY_MS } from '../../domain/retention.js'
import type { DeadLetter } from '../courier/dead-letters.js'
import { isSound } from '../courier/queue.js'
import type { Store } from '../courier/store.js'
import { DEAD_LETTER_PREFIX } from '../storage/keys.js'

const MAX_DEAD_AGE_MS = 7 * DAY_MS

export const deadLetterKeys = async (store: Store): Promise<string[]> =>
  ((await store.keys()) ?? []).filter(key => key.startsWith(DEAD_LETTER_PREFIX))

/** The dead letters that are sound, the oldest first; those that are older than seven days are gone for good. */
export async function deadLetters(store: Store, keys: string[]): Promise<DeadLetter[]> {
  const letters = (await Promise.all(keys.map(store.get))) as (Partial<DeadLetter> | undefined)[]
  return letters
    .filter((letter): letter is DeadLetter => isSound(letter, letter?.event?.id))
    .filter(({ deadMs }) => Date.now() - Number(deadMs) < MAX_DEAD_AGE_MS)
    .sort((a, b) => a.deadMs - b.deadMs)
}
