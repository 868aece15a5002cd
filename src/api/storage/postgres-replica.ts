import type { CompiledQuery, QueryResult } from 'kysely'
import { repeat } from '../repeat.js'
import { codeOf } from './postgres-transactions.js'
import type { Db } from './storage.js'
import { isConnectionLost } from './storage-fault.js'

/** Runs a compiled read. */
export type RunRead = <R>(query: CompiledQuery<R>) => Promise<QueryResult<R>>

/** How often the primary is told the time, and the replica asked for it. */
const BEAT_MS = 1_000

/** The replica cancels a query that stands in the way of what it is to replay. */
const CONFLICT_WITH_RECOVERY = '40001'

export interface ReplicaReadsOptions {
  onPrimary: RunRead
  onReplica: RunRead
  /** A view of the replica, for its clock. */
  replica: Db
  /** Writes the present into the primary's row of `readiness`, which the replica gets like any other. */
  beat(): Promise<unknown>
  now: () => number
  /** The replica is passed over where it is further behind. */
  maxLagMs: number
}

/**
 * Sends reads to a replica as long as that is not too far behind, and to the primary otherwise. How far it is behind is told
 * by a time that is written to the primary every second: a replica that is cut off looks well to itself.
 */
export function createReplicaReads(options: ReplicaReadsOptions) {
  const { onPrimary, onReplica, replica, beat, now, maxLagMs } = options
  let isFresh = false

  async function look(): Promise<void> {
    try {
      await beat()
      const row = await replica
        .selectFrom('readiness')
        .select('checked_ms')
        .where('id', '=', 1)
        .executeTakeFirst()
      isFresh = row !== undefined && now() - row.checked_ms <= maxLagMs
    } catch {
      // Whichever of the two is away: the primary is asked, and says so where it is the one.
      isFresh = false
    }
  }
  const looking = repeat(BEAT_MS, look)

  return {
    async run<R>(query: CompiledQuery<R>): Promise<QueryResult<R>> {
      if (!isFresh) return onPrimary(query)
      try {
        return await onReplica(query)
      } catch (error) {
        if (!isConnectionLost(error) && codeOf(error) !== CONFLICT_WITH_RECOVERY) throw error
        isFresh = !isConnectionLost(error)
        return onPrimary(query)
      }
    },
    stop: () => looking.stop(),
  }
}
