import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { PageView } from '../../src/wire/v1.js'
import { batchOf, pageView } from './events.js'
import { DONE, post } from './start-proxy.js'

const WIDGET = join(import.meta.dirname, '../../dist/browser/widget.js')

export interface MountOptions {
  /** Page views that the API has of an end user. */
  pageViews(email: string): Promise<PageView[]>
  /** The path by which browsers see the proxy. @default '/zeroten' */
  path?: string
  /** What browsers send beside `Origin`: fetch metadata, where the site is https or localhost. */
  headers?: Record<string, string>
  /** Whether the site's home page is to be looked for. @default true */
  hasPage?: boolean
  /** Whether the host tells the proxy what the browser accepts. @default true */
  isCompressed?: boolean
}

/** What every mount must do: deliver what a browser sends, serve files, refuse what is too large, keep the host's own pages. */
export async function proveMount(
  site: string,
  { pageViews, path = '/zeroten', headers = {}, hasPage = true, isCompressed = true }: MountOptions,
): Promise<void> {
  const base = `${site}${path}`
  const identity = { anonymous_id: randomUUID() }
  const event = pageView()
  const browser = { origin: new URL(site).origin, ...headers }
  const { status, body } = await post(base, batchOf({ identity, events: [event] }), browser)
  expect([status, body.results]).toEqual([200, { [event.id]: DONE }])
  expect(await pageViews(`${identity.anonymous_id}@anonymous.invalid`)).toHaveLength(1)

  const file = await fetch(`${base}/widget.js`, { headers: { 'accept-encoding': 'br' } })
  if (isCompressed) expect(file.headers.get('content-encoding')).toBe('br')
  expect(await file.text()).toBe(await readFile(WIDGET, 'utf8'))
  const large = await fetch(`${base}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: ' '.repeat(70_000) }),
  })
  expect(large.status).toBe(413)
  await large.text()
  expect((await post(base, batchOf(), { origin: 'https://evil.example' })).status).toBe(403)
  expect((await fetch(`${base}/events`)).status).toBe(405)
  expect((await fetch(`${base}/no-such-file.js`)).status).toBe(404)
  if (hasPage) expect(await (await fetch(`${site}/`)).text()).toContain('<h1>A site</h1>')
}
