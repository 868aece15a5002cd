import type { Storage } from './storage.js'

export type IdName = 'end_users' | 'responses' | 'declines' | 'page_views' | 'impressions' | 'webhooks'

/** A thousand ids cost one write, and a process that dies loses at most so many of 2^53. */
const BLOCK = 1_000

interface Lease {
  next: number
  end: number
}

/**
 * Hands out ids from blocks that are leased from the database, so that several processes never meet and an insert needs
 * no sequence. Within a process ids grow.
 */
export function createIds(storage: Storage) {
  const leases = new Map<IdName, Lease>()
  const leasing = new Map<IdName, Promise<Lease>>()

  async function lease(name: IdName): Promise<Lease> {
    const { next_id: end } = await storage.write(db =>
      db
        .updateTable('id_leases')
        .set(row => ({ next_id: row('next_id', '+', BLOCK) }))
        .where('name', '=', name)
        .returning('next_id')
        .executeTakeFirstOrThrow(),
    )
    const fresh = { next: end - BLOCK, end }
    leases.set(name, fresh)
    return fresh
  }

  return {
    async next(name: IdName): Promise<number> {
      for (;;) {
        const current = leases.get(name)
        if (current && current.next < current.end) return current.next++
        const pending =
          leasing.get(name) ??
          lease(name).finally(() => {
            leasing.delete(name)
          })
        leasing.set(name, pending)
        await pending
      }
    },
    /** Gives back what is left of each block, unless another process has leased since: small databases stay tidy. */
    async release(): Promise<void> {
      for (const [name, { next, end }] of leases) {
        leases.delete(name)
        if (next === end) continue
        await storage.write(db =>
          db
            .updateTable('id_leases')
            .set({ next_id: next })
            .where('name', '=', name)
            .where('next_id', '=', end)
            .execute(),
        )
      }
    },
  }
}

export type Ids = ReturnType<typeof createIds>
