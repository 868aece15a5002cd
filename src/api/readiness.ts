import { sql } from 'kysely'
import { noteTime } from './storage/heartbeat.js'
import type { Db, Storage } from './storage/storage.js'
import { storageFault } from './storage/storage-fault.js'

/** An answer is good for so long: whoever asks more often must not make the database write more. */
const GOOD_FOR_MS = 1_000

/** Tables that every request needs something of. */
const TABLES = ['accounts', 'access_tokens', 'end_users', 'responses', 'declines', 'page_views'] as const

export interface ReadinessOptions {
  storage: Storage
  now: () => number
}

/**
 * Writes and reads, as requests do.
 *
 * @returns what is wrong in one line, undefined where nothing is
 */
export function createReadiness({ storage, now }: ReadinessOptions): () => Promise<string | undefined> {
  let last: { atMs: number; reason: Promise<string | undefined> } | undefined

  async function check(): Promise<string | undefined> {
    try {
      await storage.write(db => noteTime(db, now()), { isRepeatable: true })
      await storage.inspect(readSome)
      return undefined
    } catch (error) {
      return storageFault(error) ?? 'the database does not answer'
    }
  }

  return () => {
    const atMs = performance.now()
    if (!last || atMs - last.atMs > GOOD_FOR_MS) last = { atMs, reason: check() }
    return last.reason
  }
}

async function readSome(db: Db): Promise<void> {
  for (const table of TABLES) {
    await sql`select * from ${sql.table(table)} limit 1`.execute(db)
  }
}
