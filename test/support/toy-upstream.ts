import type { Reply, Script } from './scripted-server.js'

type Received = Parameters<NonNullable<Script['api']>>[0]

const NOW = '2026-01-02 03:04:05'
const times = { created_at: NOW, updated_at: NOW }
const endUser = (email: string, id: number) => ({
  json: { id, ...times, email, last_surveyed: null, external_created_at: null, properties: {} },
})

/** How a small, well-behaved API answers: it knows nobody, and takes everything. For scripts that change one answer. */
export function toyApi(): (request: Received) => Reply {
  let lastId = 0
  return ({ method, path, body }) => {
    const id = ++lastId
    if (method === 'GET' && /^\/v1\/end_users\/\d+$/.test(path)) return endUser('', id)
    if (method === 'GET') return { json: [] }
    if (path === '/v1/end_users') {
      const email = body.startsWith('{') ? JSON.parse(body).email : new URLSearchParams(body).get('email')
      return { status: 201, ...endUser(email, id) }
    }
    const record = { id, ...times, end_user_id: 1, user_id: 1 }
    if (path.endsWith('/page_views')) return { status: 201, json: { ...record, url: null, at: NOW } }
    if (path.endsWith('/responses'))
      return { status: 201, json: { ...record, score: 1, text: null, ip_address: null, origin_url: '' } }
    return { status: 201, json: record }
  }
}

export const isPageView = ({ method, path }: Received): boolean =>
  method === 'POST' && path.endsWith('/page_views')
export const isResponse = ({ method, path }: Received): boolean =>
  method === 'POST' && path.endsWith('/responses')
export const isFind = ({ method, path }: Received): boolean => method === 'GET' && path === '/v1/end_users'
