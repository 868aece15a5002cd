import { sql } from 'kysely'
import { emailKey } from '../../domain/email-key.js'
import { newEndUserRow } from '../storage/end-users.js'
import type { Ids } from '../storage/ids.js'
import { insertMany } from '../storage/insert-many.js'
import { momentOf } from '../storage/report/moment.js'
import { propertyRows } from '../storage/report/property-rows.js'
import type { Db, Storage } from '../storage/storage.js'
import type { EndUserRow, ResponseRow, ResponseSnapshotRow } from '../storage/tables.js'
import type { ImportedResponse } from './parse-row.js'

interface WriteOptions {
  storage: Storage
  ids: Ids
  accountId: number
  nowMs: number
}

/**
 * Writes one batch in one transaction: end users who are missing, responses that are not there yet, and what was known of
 * their moment. Written again, it adds nothing.
 *
 * @returns how many responses were added
 */
export async function writeResponses(
  { storage, ids, accountId, nowMs }: WriteOptions,
  given: readonly ImportedResponse[],
): Promise<number> {
  // One of each: a file may have a row twice.
  const batch = [...new Map(given.map(one => [one.uniqueLink, one])).values()]
  // Leased outside of the transaction; what is not used is skipped.
  const userIds = await take(ids, 'end_users', batch.length)
  const responseIds = await take(ids, 'responses', batch.length)
  return storage.write(async db => {
    const owners = await findOwners(db, { accountId, nowMs, userIds }, batch)
    const known = await knownLinks(db, accountId, owners, batch)
    const fresh = batch.filter(({ uniqueLink }) => !known.has(uniqueLink))
    const rows = fresh.map((one, index) => {
      const endUserId = owners.get(emailKey(one.email))
      const id = responseIds[index]
      if (endUserId === undefined || id === undefined)
        throw new Error('an end user who was just made is gone')
      return rowsOf(one, { accountId, endUserId, id, nowMs })
    })
    await insertMany(
      db,
      'responses',
      rows.map(({ response }) => response),
    )
    await insertMany(
      db,
      'response_snapshots',
      rows.map(({ snapshot }) => snapshot),
    )
    await insertMany(
      db,
      'response_properties',
      rows.flatMap(({ snapshot }) => propertyRows(snapshot)),
    )
    await markSurveyed(
      db,
      rows.map(({ response }) => response),
      nowMs,
    )
    return rows.length
  })
}

async function take(ids: Ids, name: 'end_users' | 'responses', count: number): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < count; i++) taken.push(await ids.next(name))
  return taken
}

/** Ids of the end users by what is compared of their e-mail; who is missing is made. */
async function findOwners(
  db: Db,
  { accountId, nowMs, userIds }: { accountId: number; nowMs: number; userIds: readonly number[] },
  batch: readonly ImportedResponse[],
): Promise<Map<string, number>> {
  const people = new Map(batch.map(one => [emailKey(one.email), one]))
  const keys = [...people.keys()]
  const select = () =>
    db
      .selectFrom('end_users')
      .select(['id', 'email_key'])
      .where('account_id', '=', accountId)
      .where('email_key', 'in', keys)
      .execute()
  const known = new Map((await select()).map(({ id, email_key }) => [email_key ?? '', id]))
  const missing = [...people].filter(([key]) => !known.has(key))
  if (missing.length === 0) return known
  const rows = missing.map(
    ([key, { email, properties, createdMs }], index): EndUserRow => ({
      ...newEndUserRow({ accountId, id: userIds[index] ?? 0, nowMs }),
      email,
      email_key: key,
      properties: JSON.stringify(properties),
      created_ms: createdMs,
    }),
  )
  await insertMany(db, 'end_users', rows, { ignoreConflicts: true })
  return new Map((await select()).map(({ id, email_key }) => [email_key ?? '', id]))
}

/** Which of the batch's responses are there. */
async function knownLinks(
  db: Db,
  accountId: number,
  owners: ReadonlyMap<string, number>,
  batch: readonly ImportedResponse[],
): Promise<Set<string>> {
  const { rows } = await sql<{ unique_link: string }>`select unique_link from responses
    where account_id = ${accountId} and end_user_id in (${sql.join([...new Set(owners.values())])})
    and unique_link in (${sql.join(batch.map(({ uniqueLink }) => uniqueLink))})`.execute(db)
  return new Set(rows.map(({ unique_link }) => unique_link))
}

interface RowIds {
  accountId: number
  endUserId: number
  id: number
  nowMs: number
}

function rowsOf(
  one: ImportedResponse,
  { accountId, endUserId, id, nowMs }: RowIds,
): { response: ResponseRow; snapshot: ResponseSnapshotRow } {
  const { score, text, language, channel } = one
  return {
    response: {
      account_id: accountId,
      id,
      end_user_id: endUserId,
      score,
      text,
      ip_address: null,
      origin_url: one.originUrl,
      created_ms: one.createdMs,
      updated_ms: nowMs,
      language: language || null,
      channel: channel || null,
      unique_link: one.uniqueLink,
      priority: null,
      completed: 1,
      excluded: 0,
    },
    snapshot: {
      account_id: accountId,
      response_id: id,
      score,
      has_text: text === null ? 0 : 1,
      created_ms: one.createdMs,
      received_ms: nowMs,
      ...momentOf({ level: 'imported', language, channel }, JSON.stringify(one.properties)),
    },
  }
}

/** Moves `last_surveyed` forward, never back. */
async function markSurveyed(db: Db, responses: readonly ResponseRow[], nowMs: number): Promise<void> {
  const latest = new Map<number, number>()
  for (const { end_user_id, created_ms } of responses)
    latest.set(end_user_id, Math.max(latest.get(end_user_id) ?? 0, Math.floor(created_ms / 1_000)))
  const [first] = responses
  if (!first) return
  const rows = [...latest].map(([id, atS]) => sql`(cast(${id} as bigint), cast(${atS} as bigint))`)
  await sql`with latest (id, at_s) as (values ${sql.join(rows)})
    update end_users set last_surveyed_s = latest.at_s, updated_ms = ${nowMs} from latest
    where end_users.account_id = ${first.account_id} and end_users.id = latest.id
    and (end_users.last_surveyed_s is null or end_users.last_surveyed_s < latest.at_s)`.execute(db)
}
