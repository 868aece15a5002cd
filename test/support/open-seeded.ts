import { seedAccount } from '../../src/api/seed/seed.js'
import { openStorage } from '../../src/api/storage/open-storage.js'
import type { Storage } from '../../src/api/storage/storage.js'

/** Opens the database of an API that runs, beside it. */
export const openBeside = (db: string): Promise<Storage> => openStorage({ db, now: Date.now })

/** Fills the account of a running API with invented answers. */
export async function seedBeside(
  db: string,
  options: { accountId?: number; responses: number; seed?: number; nowMs?: number },
): Promise<void> {
  const { accountId = 1, responses, seed = 1, nowMs = Date.now() } = options
  const storage = await openBeside(db)
  try {
    await seedAccount(storage, { accountId, responses, seed, nowMs })
  } finally {
    await storage.close()
  }
}
