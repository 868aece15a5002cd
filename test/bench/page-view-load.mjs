import { randomUUID } from 'node:crypto'

export const HEADERS = { 'content-type': 'application/json' }

/** One page view of one visitor, and the question whether to ask. */
export const batch = ({ identity, ticket }, url = 'https://shop.example/plans/annual') =>
  JSON.stringify({
    v: 1,
    id: randomUUID(),
    identity,
    ask: {},
    events: [
      {
        v: 1,
        id: randomUUID(),
        at: Math.floor(Date.now() / 1_000),
        type: 'page_view',
        url,
        ...(ticket && { ticket }),
      },
    ],
  })

/** Everyone has been here before, as most visitors of a page have: the end user is known, a ticket at hand. */
export async function makeVisitors(url, count) {
  const visitors = []
  for (let made = 0; made < count; made += 100) {
    const some = Array.from({ length: Math.min(100, count - made) }, async () => {
      const identity = { anonymous_id: randomUUID() }
      const answer = await fetch(`${url}/zeroten/events`, {
        method: 'POST',
        headers: HEADERS,
        body: batch({ identity }),
      })
      const { ticket } = await answer.json()
      return { identity, ticket }
    })
    visitors.push(...(await Promise.all(some)))
  }
  return visitors
}
