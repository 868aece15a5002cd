/** The API as small and fast as can be, so that what stands before it is what is measured; counts what is written. */
import { createServer } from 'node:http'

/** What it takes for a page whose address says so. */
const SLOW_MS = 1_000

let writes = 0
let lastId = 0
const NOW = '2026-01-02 03:04:05'
const token = JSON.stringify({
  access_token: 'bench',
  token_type: 'bearer',
  expires_in: 7200,
  scope: 'public',
})

function answerFor(method, path, body) {
  if (path === '/oauth/token') return token
  if (path === '/writes') return JSON.stringify({ writes })
  if (method === 'GET') return '[]'
  const record = { id: ++lastId, created_at: NOW, updated_at: NOW, end_user_id: 1 }
  if (path === '/v1/end_users') {
    const email = body.startsWith('{') ? JSON.parse(body).email : new URLSearchParams(body).get('email')
    const rest = { last_surveyed: null, external_created_at: null, page_views_count: 1, properties: {} }
    return JSON.stringify({ ...record, email, ...rest })
  }
  writes++
  return JSON.stringify({ ...record, url: null, at: NOW })
}

const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', chunk => {
    body += chunk
  })
  request.on('end', () => {
    const text = answerFor(request.method, request.url.split('?')[0], body)
    const answer = () => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        'idempotency-key-retention': '86400',
      })
      response.end(text)
    }
    if (body.includes('slow')) setTimeout(answer, SLOW_MS)
    else answer()
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`)
})
process.once('SIGTERM', () => process.exit(0))
