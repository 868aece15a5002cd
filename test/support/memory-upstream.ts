import type { Reply, Script } from './scripted-server.js'

type Received = Parameters<NonNullable<Script['api']>>[0]

interface Row {
  id: number
  end_user_id: number
  created_at: string
  updated_at: string
  [name: string]: unknown
}

const print = (s: number) => new Date(s * 1_000).toISOString().slice(0, 19).replace('T', ' ')

/** An API without keys that keeps what it is given, and can be bent: for what other APIs do, and ours does not. */
export function memoryApi() {
  let lastId = 0
  const endUsers: Row[] = []
  const records = { page_views: [] as Row[], responses: [] as Row[], declines: [] as Row[] }
  const bend = {
    /** What is kept of a record. */
    store: (row: Row) => row,
    perPage: (asked: number) => asked,
    page: (asked: number) => asked,
  }
  const nowS = () => Math.floor(Date.now() / 1_000)
  /** Both forms that our client sends. */
  const read = (body: string) => {
    if (body.startsWith('{')) return JSON.parse(body)
    const given = [...new URLSearchParams(body)]
    const properties = given.flatMap(([name, value]) => {
      const [, property] = /^properties\[(.+)\]$/.exec(name) ?? []
      return property === undefined ? [] : [[property, value]]
    })
    return { ...Object.fromEntries(given), properties: Object.fromEntries(properties) }
  }

  function createEndUser(body: string): Reply {
    const id = ++lastId
    const created = print(nowS())
    const row = {
      id,
      end_user_id: id,
      created_at: created,
      updated_at: created,
      email: read(body).email,
      last_surveyed: null,
      external_created_at: null,
      properties: read(body).properties ?? {},
      page_views_count: 0,
    }
    endUsers.push(row)
    return { status: 201, json: row }
  }

  function listOf(rows: readonly Row[], endUserId: number, query: URLSearchParams): Reply {
    const perPage = bend.perPage(Number(query.get('per_page') ?? 25))
    const page = bend.page(Number(query.get('page') ?? 1))
    const fromMs = Number(query.get('created[gte]') ?? 0) * 1_000
    const mine = rows.filter(
      row => row.end_user_id === endUserId && Date.parse(`${row.created_at}Z`) >= fromMs,
    )
    return { json: mine.slice((page - 1) * perPage, page * perPage) }
  }

  function createRecord(kind: keyof typeof records, endUserId: number, body: string): Reply {
    const { created_at, at, url, score, text, origin_url } = read(body)
    const created = print(Number(created_at ?? nowS()))
    const own = {
      page_views: { url, at: print(Number(at ?? 0)) },
      responses: { score: Number(score), text: text ?? null, ip_address: null, origin_url },
      declines: {},
    }[kind]
    const row = { id: ++lastId, end_user_id: endUserId, created_at: created, updated_at: created, ...own }
    const kept = bend.store(row)
    records[kind].push(kept)
    return { status: 201, json: kept }
  }

  function handle({ method, path, query, body }: Received): Reply {
    if (path === '/v1/end_users')
      return method === 'POST'
        ? createEndUser(body)
        : { json: endUsers.filter(({ email }) => email === query.get('email')) }
    const [, id, kind] = /^\/v1\/end_users\/(\d+)(?:\/(page_views|responses|declines))?$/.exec(path) ?? []
    const endUser = endUsers.find(one => one.id === Number(id))
    if (!endUser) return { status: 404 }
    if (kind) {
      const name = kind as keyof typeof records
      return method === 'POST'
        ? createRecord(name, endUser.id, body)
        : listOf(records[name], endUser.id, query)
    }
    if (method === 'PUT') endUser.properties = { ...(endUser.properties as object), ...read(body).properties }
    return { json: endUser }
  }

  return { handle, records, endUsers, bend }
}
