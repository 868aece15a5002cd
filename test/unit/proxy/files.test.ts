import { describe, expect, it } from 'vitest'
import { createProxy, type StaticFile } from '../../../src/proxy/index.js'
import { createRecordingLogger } from '../../support/start-proxy.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const file = (text: string, more: Partial<StaticFile> = {}): StaticFile => ({
  bytes: bytes(text),
  brotli: bytes(`br:${text}`),
  gzip: bytes(`gz:${text}`),
  immutable: false,
  integrity: `sha384-${text}`,
  ...more,
})
const proxy = createProxy({
  api: 'https://api.example',
  clientId: 'a',
  clientSecret: 'd8e8fca2dc0f896fd7cb4cb0031ba249',
  logger: createRecordingLogger(),
  files: new Map([
    ['widget.js', file('widget')],
    ['panel-abc.js', file('panel', { immutable: true })],
  ]),
})
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  proxy(new Request(`https://shop.example/zeroten/${path}`, { method, headers }))

describe('the widget’s files', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br', 'br:widget'],
    ['br;q=0, gzip;q=0.5', 'gzip', 'gz:widget'],
    ['GZIP', 'gzip', 'gz:widget'],
    ['br;q=0.000, gzip;q=0', null, 'widget'],
    ['identity', null, 'widget'],
    ['xbr', null, 'widget'],
  ])('come for Accept-Encoding %j as %s', async (accept, coding, text) => {
    const answer = await get('widget.js', { 'accept-encoding': accept })
    expect(answer.headers.get('content-encoding')).toBe(coding)
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(answer.headers.get('content-length')).toBe(String(text.length))
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(await answer.text()).toBe(text)
  })

  it('are kept for a year where their name holds their hash, and revalidated where not', async () => {
    const cached = async (name: string) => (await get(name)).headers.get('cache-control')
    expect(await cached('panel-abc.js')).toBe('public, max-age=31536000, immutable')
    expect(await cached('widget.js')).toBe('public, no-cache')
  })

  it('are not sent again to who has them, each encoding by its own tag', async () => {
    const first = await get('widget.js', { 'accept-encoding': 'br' })
    const etag = first.headers.get('etag') ?? ''
    const again = (tag: string, accept = 'br') =>
      get('widget.js', { 'accept-encoding': accept, 'if-none-match': tag })
    expect((await again(etag)).status).toBe(304)
    expect((await again(`"other", W/${etag}`)).status).toBe(304)
    expect((await again(etag, 'gzip')).status).toBe(200)
    expect((await again('"other"')).status).toBe(200)
  })

  it('answer HEAD without a body, and a range with the whole', async () => {
    const head = await get('widget.js', {}, 'HEAD')
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '6'])
    const range = await get('widget.js', { range: 'bytes=0-1' })
    expect([range.status, await range.text(), range.headers.get('accept-ranges')]).toEqual([
      200,
      'widget',
      'none',
    ])
  })

  it('can’t be written', async () => {
    const answer = await get('widget.js', {}, 'POST')
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it.each([
    '',
    'widget',
    'widget.js/',
    'Widget.js',
    '../widget.js',
    '%2e%2e/widget.js',
    'files.json',
    'constructor',
  ])('do not include %j', async path => {
    expect((await get(path)).status).toBe(404)
  })

  it('case 37: are never sniffed', async () => {
    expect((await get('widget.js')).headers.get('x-content-type-options')).toBe('nosniff')
  })
})
