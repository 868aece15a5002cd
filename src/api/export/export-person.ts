import { sql } from 'kysely'
import { emailKey } from '../../domain/email-key.js'
import { findEndUserId, selectEndUser } from '../storage/end-users.js'
import type { Db } from '../storage/storage.js'

type Row = Record<string, unknown>

/** Everything that is held on one person. Times in `_ms` and `_s` are milliseconds and seconds since 1970. */
export interface PersonExport {
  end_user: Row
  responses: Row[]
  declines: Row[]
  page_views: Row[]
  impressions: Row[]
  /** What webhooks are still to be told of them. */
  webhook_messages: Row[]
}

/** These columns hold JSON text, which the export prints as objects. */
const JSON_COLUMNS = ['properties', 'settings']

const readable = (row: object): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      JSON_COLUMNS.includes(name) && typeof value === 'string' ? JSON.parse(value) : value,
    ]),
  )

/** Collects all records of an end user. @returns undefined where no end user has that e-mail */
export async function exportPerson(
  db: Db,
  { accountId, email }: { accountId: number; email: string },
): Promise<PersonExport | undefined> {
  const name = { column: 'email_key', value: emailKey(email) } as const
  const id = await findEndUserId(db, accountId, name)
  const endUser = id === undefined ? undefined : await selectEndUser(db, accountId, id)
  if (!endUser) return undefined
  const rowsOf = async (table: string): Promise<Row[]> => {
    const { rows } = await sql<object>`select * from ${sql.table(table)}
      where account_id = ${accountId} and end_user_id = ${endUser.id} order by id`.execute(db)
    return rows.map(readable)
  }
  /** With what was known of the moment. */
  const withMoments = async (table: 'responses' | 'declines', snapshots: string, key: string) => {
    const { rows } = await sql<Row>`select ${sql.table(snapshots)}.* from ${sql.table(snapshots)}
      join ${sql.table(table)} as records on records.account_id = ${sql.table(snapshots)}.account_id
        and records.id = ${sql.ref(`${snapshots}.${key}`)}
      where records.account_id = ${accountId} and records.end_user_id = ${endUser.id}`.execute(db)
    const moments = new Map(rows.map(row => [row[key], readable(row)]))
    return (await rowsOf(table)).map(row => ({ ...row, moment: moments.get(row.id) ?? null }))
  }
  return {
    end_user: readable(endUser),
    responses: await withMoments('responses', 'response_snapshots', 'response_id'),
    declines: await withMoments('declines', 'decline_snapshots', 'decline_id'),
    page_views: await rowsOf('page_views'),
    impressions: await rowsOf('impressions'),
    webhook_messages: await rowsOf('webhook_messages'),
  }
}
