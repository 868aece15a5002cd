import { describe, expect, it } from 'vitest'
import { fromRequest } from '../../../src/proxy/request/proxy-request.js'
import { readBody } from '../../../src/proxy/request/read-body.js'

const JSON_TYPE = { 'content-type': 'application/json' }

/** A request whose body comes in chunks, and how many of them were taken. */
function chunked(chunks: Iterable<Uint8Array | 'wait'>, headers: Record<string, string> = JSON_TYPE) {
  const source = chunks[Symbol.iterator]()
  const taken = { chunks: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = source.next()
        if (done) return controller.close()
        if (value === 'wait') return new Promise(() => undefined)
        taken.chunks++
        controller.enqueue(value)
        return undefined
      },
      cancel() {
        taken.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  const init = { method: 'POST', headers, body, duplex: 'half' }
  return { request: fromRequest(new Request('https://shop.example/', init as RequestInit)), taken }
}

const kilobytes = function* (count: number) {
  for (let n = 0; n < count; n++) yield new Uint8Array(1_024).fill(32)
}
const bounds = (maxBytes: number, deadlineMs: number) => ({ maxBytes, deadlineMs })
const refusal = (status: number) => expect.objectContaining({ status })

describe('readBody', () => {
  it('reads text that is cut in the middle of a character', async () => {
    const bytes = new TextEncoder().encode('{"a":"👍"}')
    const { request } = chunked([bytes.slice(0, 7), bytes.slice(7)])
    expect(await readBody(request, bounds(100, 1_000))).toBe('{"a":"👍"}')
  })

  it.each([
    ['no Content-Length', {}],
    ['a Content-Length that lies', { 'content-length': '10' }],
  ])('case 7: takes one chunk more than its limit of a body with %s', async (_, more) => {
    const { request, taken } = chunked(kilobytes(10_000), { ...JSON_TYPE, ...more })
    await expect(readBody(request, bounds(65_536, 1_000))).rejects.toEqual(refusal(413))
    expect(taken).toEqual({ chunks: 65, cancelled: true })
  })

  it('case 7: reads nothing of a body whose Content-Length is too large', () => {
    const { request, taken } = chunked(kilobytes(1), { ...JSON_TYPE, 'content-length': '65537' })
    expect(() => readBody(request, bounds(65_536, 1_000))).toThrow(refusal(413))
    expect(taken.chunks).toBe(0)
  })

  it.each(['gzip', 'br', 'deflate', 'identity, gzip'])('case 8: does not take %s', coding => {
    const { request, taken } = chunked(kilobytes(1), { ...JSON_TYPE, 'content-encoding': coding })
    expect(() => readBody(request, bounds(65_536, 1_000))).toThrow(refusal(415))
    expect(taken.chunks).toBe(0)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonp',
    'application/json; charset=utf-16',
    '',
  ])('case 9: does not take %j', type => {
    const { request } = chunked(kilobytes(1), type ? { 'content-type': type } : {})
    expect(() => readBody(request, bounds(65_536, 1_000))).toThrow(refusal(415))
  })

  it.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset=utf-8'])(
    'takes %s',
    async type => {
      const { request } = chunked([new TextEncoder().encode('{}')], { 'content-type': type })
      expect(await readBody(request, bounds(65_536, 1_000))).toBe('{}')
    },
  )

  it('case 26: gives up a body that stands still', async () => {
    const { request, taken } = chunked([new Uint8Array([123]), 'wait'])
    await expect(readBody(request, bounds(65_536, 20))).rejects.toEqual(refusal(408))
    expect(taken.cancelled).toBe(true)
  })

  it('case 27: refuses a body that broke off, and one that is not UTF-8', async () => {
    const broken = new ReadableStream({ pull: controller => controller.error(new Error('gone')) })
    const init = { method: 'POST', headers: JSON_TYPE, body: broken, duplex: 'half' }
    const request = fromRequest(new Request('https://shop.example/', init as RequestInit))
    await expect(readBody(request, bounds(65_536, 1_000))).rejects.toEqual(refusal(400))
    const { request: latin } = chunked([new Uint8Array([0x22, 0xe9, 0x22])])
    await expect(readBody(latin, bounds(65_536, 1_000))).rejects.toEqual(refusal(400))
  })
})
