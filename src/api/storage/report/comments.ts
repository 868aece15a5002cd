import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../storage.js'
import { and, propertyConditions, type ReportFilter, scoreConditions, snapshotConditions } from './filter.js'

/** A response with text, what was known of its moment, and who gave it. */
export interface CommentRow {
  id: number
  created_ms: number
  score: number
  text: string
  origin_url: string | null
  end_user_id: number
  email: string
  level: string | null
  form: string | null
  language: string | null
  device: string | null
  properties: string | null
}

/**
 * The spellings in which a search is looked for, since neither engine folds the case of more than ASCII everywhere: as it
 * is typed, in lower, in upper case, and with a capital.
 */
function spellings(search: string): string[] {
  const lower = search.toLowerCase()
  return [...new Set([search, lower, search.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)])]
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, found => `\\${found}`)

/** That the text has `search` in it. */
function textConditions(search: string): RawBuilder<unknown>[] {
  if (search === '') return []
  // lower() folds ASCII on both engines, so that mixed case is found where words are English.
  const patterns = spellings(search).map(
    spelling => sql`response.text like ${`%${escapeLike(spelling)}%`} escape '\\'`,
  )
  const folded = sql`lower(response.text) like ${`%${escapeLike(search.toLowerCase())}%`} escape '\\'`
  return [sql`(${sql.join([folded, ...patterns], sql` or `)})`]
}

const commentConditions = (filter: ReportFilter, search: string): RawBuilder<unknown>[] => [
  sql`response.account_id = ${filter.accountId}`,
  sql`response.text is not null and response.text <> ''`,
  sql`response.created_ms >= ${filter.startMs} and response.created_ms < ${filter.endMs}`,
  ...scoreConditions(filter, sql`response.score`),
  ...textConditions(search),
  ...propertyConditions(filter, sql`response.id`),
  ...snapshotConditions({ ...filter, hasText: undefined }, sql`response.id`),
]

export async function countComments(db: Db, filter: ReportFilter, search: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from responses as response
    where ${and(commentConditions(filter, search))}`.execute(db)
  return rows[0]?.n ?? 0
}

const COLUMNS = sql`response.id, response.created_ms, response.score, response.text, response.origin_url,
  response.end_user_id, end_user.email, snapshot.level, snapshot.form, snapshot.language, snapshot.device,
  snapshot.properties`

const joined = (ids: RawBuilder<unknown>, accountId: number) => sql`select ${COLUMNS} from ${ids} as page
  cross join responses as response
  join end_users as end_user on end_user.account_id = response.account_id and end_user.id = response.end_user_id
  left join response_snapshots as snapshot
    on snapshot.account_id = response.account_id and snapshot.response_id = response.id
  where response.account_id = ${accountId} and response.id = page.id
  order by response.created_ms desc, response.id desc`

/** Newest first. */
export async function selectComments(
  db: Db,
  filter: ReportFilter,
  { search, offset, limit }: { search: string; offset: number; limit: number },
): Promise<CommentRow[]> {
  const ids = sql`(select response.id from responses as response
    where ${and(commentConditions(filter, search))}
    order by response.created_ms desc, response.id desc limit ${limit} offset ${offset})`
  const { rows } = await sql<CommentRow>`${joined(ids, filter.accountId)}`.execute(db)
  return rows
}

export async function selectComment(db: Db, accountId: number, id: number): Promise<CommentRow | undefined> {
  const ids = sql`(select id from responses
    where account_id = ${accountId} and id = ${id} and text is not null and text <> '')`
  const { rows } = await sql<CommentRow>`${joined(ids, accountId)}`.execute(db)
  return rows[0]
}
