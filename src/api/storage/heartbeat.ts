import type { Db } from './storage.js'

/** Writes when the database was last seen to take a write. */
export const noteTime = (db: Db, nowMs: number): Promise<unknown> =>
  db.updateTable('readiness').set({ checked_ms: nowMs }).where('id', '=', 1).execute()
