import type { Client } from 'zeroten/client'

/** What the console shows of the API. */
export interface Records {
  endUsers: number
  pageViews: number
  responses: number
  declines: number
  /** Newest first. */
  latest: { id: number; score: number; text: string | null; at: string; who: string }[]
}

/** The API has lists and no counts; beyond this many records the console stays at this number. */
const MAX_COUNTED = 500
const LATEST = 5

async function take<T>(records: AsyncIterable<T>, most: number): Promise<T[]> {
  const taken: T[] = []
  for await (const record of records) {
    if (taken.push(record) >= most) break
  }
  return taken
}

/** Reads from the API what it holds now. */
export async function readRecords(client: Client): Promise<Records> {
  const [endUsers, responses, declines] = await Promise.all([
    take(client.endUsers.list({ per_page: 50 }), MAX_COUNTED),
    take(client.responses.list({ per_page: 50 }), MAX_COUNTED),
    take(client.declines.list({ per_page: 50 }), MAX_COUNTED),
  ])
  const names = new Map(endUsers.map(({ id, email }) => [id, email]))
  // The first letters of an anonymous id tell one visitor from another, and nobody who they are.
  const nameOf = (id: number) =>
    names.get(id)?.replace(/^(\w{4}).*@anonymous\.invalid$/, 'anonymous $1') ?? `end user ${id}`
  return {
    endUsers: endUsers.length,
    pageViews: endUsers.reduce((sum, { page_views_count }) => sum + (page_views_count ?? 0), 0),
    responses: responses.length,
    declines: declines.length,
    latest: responses.slice(0, LATEST).map(({ id, score, text, created_at, end_user_id }) => ({
      id,
      score,
      text,
      at: created_at.toISOString(),
      who: nameOf(end_user_id),
    })),
  }
}
