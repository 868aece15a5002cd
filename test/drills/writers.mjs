import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** Between two writes of one writer. */
const PAUSE_MS = 25
/** Until a write that failed goes again, under the same key. */
const RETRY_MS = 250
const TIMEOUT_MS = 8_000
const VISITORS = 40

/**
 * Keeps the time of each acknowledgement by what was written. A write is told apart by its own text, which the database is
 * looked through for at the end.
 */
export function createLedger() {
  const acknowledged = new Map()
  return {
    acknowledged,
    add: (text, sentMs) => acknowledged.set(text, { sentMs, atMs: Date.now() }),
    /** When the first write was acknowledged that was sent after `ms`; undefined where none was. */
    firstSince(ms) {
      const times = [...acknowledged.values()].filter(({ sentMs }) => sentMs > ms).map(({ atMs }) => atMs)
      return times.length > 0 ? Math.min(...times) : undefined
    },
  }
}

/** Tries until `send` says that it is written; gives up when the drill is over. */
async function writeOnce(text, { ledger, signal }, send) {
  while (!signal.aborted) {
    const sentMs = Date.now()
    try {
      if (await send()) return ledger.add(text, sentMs)
    } catch {
      // Refused, cut off or too late: it goes again, under its key.
    }
    await sleep(RETRY_MS)
  }
}

async function obtainToken({ apiUrl, account }) {
  const response = await fetch(`${apiUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: account.id,
      client_secret: account.secret,
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`no token: ${response.status}`)
  return (await response.json()).access_token
}

/** Responses straight to the API, each under its Idempotency-Key. @returns a promise that ends with the drill */
export async function startClient(name, context) {
  const { apiUrl, signal } = context
  const authorization = `Bearer ${await obtainToken(context)}`
  const post = (path, fields, key) =>
    fetch(apiUrl + path, {
      method: 'POST',
      headers: { authorization, ...(key && { 'idempotency-key': key }) },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  const { id } = await (await post('/v1/end_users', { email: `${name}@drill.example` })).json()
  async function run() {
    for (let n = 0; !signal.aborted; n++) {
      const text = `${name} ${n}`
      const key = randomUUID()
      const fields = { score: '9', text, origin_url: 'https://shop.example/' }
      await writeOnce(
        text,
        context,
        async () => (await post(`/v1/end_users/${id}/responses`, fields, key)).ok,
      )
      await sleep(PAUSE_MS)
    }
  }
  return run()
}

/** Page views through the proxy, one batch each, as pages send them. @returns a promise that ends with the drill */
export async function startVisitors(name, context) {
  const { proxyUrl, signal } = context
  const visitors = Array.from({ length: VISITORS }, () => ({ anonymous_id: randomUUID() }))
  async function run() {
    for (let n = 0; !signal.aborted; n++) {
      const url = `https://shop.example/${name}/${n}`
      const event = { v: 1, id: randomUUID(), at: Math.floor(Date.now() / 1_000), type: 'page_view', url }
      const identity = visitors[n % VISITORS]
      let isRepeated = false
      await writeOnce(url, context, async () => {
        const events = [isRepeated ? { ...event, tried: true } : event]
        isRepeated = true
        const response = await fetch(`${proxyUrl}/zeroten/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ v: 1, id: randomUUID(), identity, events }),
          signal: AbortSignal.timeout(2 * TIMEOUT_MS),
        })
        if (!response.ok) return false
        const { results } = await response.json()
        return ['done', 'duplicate'].includes(results[event.id]?.status)
      })
      await sleep(PAUSE_MS)
    }
  }
  return run()
}
