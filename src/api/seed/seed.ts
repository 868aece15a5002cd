import { ZerotenError } from '../../http/zeroten-error.js'
import { createIds } from '../storage/ids.js'
import { finishMany, prepareForMany } from '../storage/insert-many.js'
import { foldDeltas } from '../storage/report/hourly.js'
import type { Storage } from '../storage/storage.js'
import { addHistory } from './history.js'
import { makePerson } from './people.js'
import { createRandom } from './random.js'
import { insertRows, noRows } from './rows.js'

/** People of one transaction. */
const CHUNK = 400

/** How many answers one person gives. */
const ANSWERS = [
  [0, 22],
  [1, 55],
  [2, 17],
  [3, 6],
] as const

export interface SeedOptions {
  accountId: number
  /** How many responses to make. */
  responses: number
  /** The same number makes the same people and answers. */
  seed: number
  /** The history ends here, milliseconds since 1970. */
  nowMs: number
  /** Is told how many responses there are so far. */
  onProgress?: (responses: number) => void
}

/**
 * Fills an account with people and answers that look like those of a real one: growing, better on some plans than on others,
 * with a bad month and a recovery.
 *
 * @throws ZerotenError `seeded_already` where the account has the people of this seed
 */
export async function seedAccount(storage: Storage, options: SeedOptions): Promise<void> {
  const { accountId, responses, seed, nowMs, onProgress } = options
  await prepareForMany(storage)
  const random = createRandom(seed)
  const ids = createIds(storage)
  const endMs = Math.floor(nowMs / 60_000) * 60_000
  let made = 0
  for (let person = 0; made < responses; ) {
    const rows = noRows()
    for (let n = 0; n < CHUNK && made < responses; n++, person++) {
      const who = makePerson(random, `person-${seed}-${person}`)
      const answers = Math.min(responses - made, random.weighted(ANSWERS))
      await addHistory(rows, { ids, random, who, accountId, endMs, answers, name: `${seed}-${person}` })
      made += answers
    }
    await storage
      .write(db => insertRows(db, rows))
      .catch(cause => {
        if (!storage.isUniqueViolation(cause)) throw cause
        throw new ZerotenError('seeded_already', `the account has the people of seed ${seed} already`, {
          cause,
        })
      })
    await foldDeltas(storage)
    onProgress?.(made)
  }
  await ids.release()
  await finishMany(storage)
}
