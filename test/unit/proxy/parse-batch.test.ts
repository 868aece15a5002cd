import { describe, expect, it } from 'vitest'
import { cleanPageUrl } from '../../../src/proxy/request/page-url.js'
import { createBatchParser } from '../../../src/proxy/request/parse-batch.js'
import { batchOf, decline, impression, pageView, response } from '../../support/events.js'
import { fastest } from '../../support/fastest.js'

const parse = createBatchParser(new Set())
const parseObject = (batch: unknown) => parse(JSON.stringify(batch))
const parseEvent = (event: unknown) => parseObject({ ...batchOf(), events: [event] }).events[0]
const problem = (event: unknown) => {
  const parsed = parseEvent(event)
  return parsed?.event ? undefined : parsed?.problem
}

describe('a batch', () => {
  it('is read event by event: a wrong one costs only itself', () => {
    const good = pageView()
    const bad = { ...response(), score: 11 }
    const { events } = parseObject(batchOf({ events: [good, bad] }))
    expect(events).toEqual([
      { id: good.id, event: good },
      { id: bad.id, problem: 'invalid' },
    ])
  })

  it.each([
    ['no object', 7],
    ['an array', []],
    ['no id', { ...batchOf(), id: undefined }],
    ['an id that is no UUID', { ...batchOf(), id: '../../oauth/token' }],
    ['events that are none', { ...batchOf(), events: 'all' }],
    ['an event without an id', { ...batchOf(), events: [{ ...pageView(), id: undefined }] }],
    ['an anonymous id that is no UUID', { ...batchOf(), identity: { anonymous_id: 'x' } }],
  ])('is refused as a whole with %s', (_, batch) => {
    expect(() => parseObject(batch)).toThrow(expect.objectContaining({ status: 400, code: 'malformed' }))
  })

  it('is told 413 for too many events, so that it is halved, and 409 for another version', () => {
    const events = Array.from({ length: 21 }, () => pageView())
    expect(() => parseObject(batchOf({ events }))).toThrow(expect.objectContaining({ status: 413 }))
    expect(() => parseObject({ ...batchOf(), v: 2 })).toThrow(expect.objectContaining({ status: 409 }))
  })

  it('keeps an event of a newer version rather than refusing it', () => {
    expect(problem({ ...pageView(), v: 2 })).toBe('unsupported_version')
  })

  it('leaves out what is wrong in its trimmings', () => {
    const identity = {
      anonymous_id: '00000000-0000-4000-8000-000000000000',
      external_created_at: 'yesterday',
      properties: {
        plan: 'pro',
        nested: { deep: 1 },
        list: [1],
        zeroten_opt_out: true,
        long: 'x'.repeat(2_000),
      },
    }
    const ask = { opted_out: true, resurvey_days: 'many', visitor_percent: 500 }
    const parsed = parseObject({ ...batchOf(), identity, ask, evicted: { page_view: 3, response: -1 } })
    expect(parsed.identity?.properties).toEqual({ plan: 'pro' })
    expect(parsed.identity?.external_created_at).toBeUndefined()
    expect(parsed.ask).toEqual({ opted_out: true })
    expect(parsed.evicted).toEqual({ page_view: 3 })
  })

  it('case 15: drops every name that the wire does not have', () => {
    const secrets = { end_user_id: 7, user_id: 1, access_token: 'x', client_id: 'y' }
    const event = pageView()
    const parsed = parseObject({ ...batchOf({ events: [{ ...event, ...secrets }] }), ...secrets })
    expect(parsed.events).toEqual([{ id: event.id, event }])
    expect(JSON.stringify(parsed)).not.toMatch(/end_user_id|access_token|client_id|user_id/)
  })
})

describe('an event', () => {
  it.each([
    ['a score in a text', { ...response(), score: '10\r\nX: y' }],
    ['a score of 10.5', { ...response(), score: 10.5 }],
    ['a score of -1', { ...response(), score: -1 }],
    ['no score', { ...response(), score: undefined }],
    ['a time that is none', { ...pageView(), at: 'now' }],
    ['a time in fractions', { ...pageView(), at: 1.5 }],
    ['a kind that is none', { ...pageView(), type: '../../oauth/token' }],
    ['no kind', { ...pageView(), type: undefined }],
    ['an id that is no UUID', { ...pageView(), id: 'x\r\ny' }],
  ])('case 13: with %s is invalid', (_, event) => {
    expect(problem(event)).toBe('invalid')
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'blob:https://x/1',
    'about:blank',
    'page',
  ])('case 16: with the page %s keeps nothing of that address', url => {
    expect(parseEvent(pageView({ url }))).toMatchObject({ event: { url: '' } })
    expect(parseEvent(response({ origin_url: url }))).toMatchObject({ event: { origin_url: '' } })
  })

  it('without what it can do without is one all the same', () => {
    expect(parseEvent({ ...decline(), origin_url: undefined })).toMatchObject({ event: { origin_url: '' } })
    const junk = { text: { length: 1 }, share: 'yes', clamped: 0, ticket: {} }
    const good = response()
    expect(parseEvent({ ...good, ...junk })).toEqual({ id: good.id, event: { ...good, ticket: '' } })
  })

  it.each([
    ['emoji with joiners', '👩🏽‍🚀 great'],
    ['right-to-left overrides', 'abc \u202e fed'],
    ['combining marks', 'e\u0301\u0301\u0301'],
    ['line separators', 'a\u2028b\u2029c'],
    ['lines', 'a\r\nb\tc'],
    ['10,000 characters of two units each', '👍'.repeat(10_000)],
  ])('case 31: keeps %s as they are', (_, text) => {
    expect(parseEvent(response({ text }))).toMatchObject({ event: { text } })
  })

  it.each([
    ['a NUL', 'a\u0000b', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['the other half', '\udc00', '\ufffd'],
    ['10,001 characters', 'x'.repeat(10_001), 'x'.repeat(10_000)],
    ['10,001 characters of two units each', '👍'.repeat(10_001), '👍'.repeat(10_000)],
  ])('case 31: has its text repaired: %s', (_, text, repaired) => {
    expect(parseEvent(response({ text }))).toMatchObject({ event: { text: repaired } })
  })

  it.each([
    ['a@a@a', 'a@'.repeat(8_192)],
    ['semicolons', ';'.repeat(16_384)],
    ['spaces', ' '.repeat(16_384)],
    ['slashes', `https://x/${'/'.repeat(16_384)}`],
    ['dots', `https://${'a.'.repeat(8_192)}x/`],
    ['percents', `https://x/?${'%'.repeat(16_384)}`],
  ])('case 30: %s take no validator long', (_, text) => {
    const events = [response({ text, origin_url: text }), pageView({ url: text, ticket: text })]
    const claim = { email: text, token: text, properties: { [text]: text } }
    const identity = { anonymous_id: '00000000-0000-4000-8000-000000000000', ...claim }
    const work = () => {
      parseObject(batchOf({ events, identity }))
      expect(() => parseObject({ ...batchOf(), id: text })).toThrow()
    }
    expect(fastest(work)).toBeLessThan(50)
  })
})

describe('cleanPageUrl', () => {
  it.each([
    ['https://shop.example/a?token=1#/bikes/7', 'https://shop.example/a#/bikes/7'],
    ['https://shop.example/#!/reset?token=1', 'https://shop.example/#!/reset'],
    ['https://shop.example/#/access_token=1', 'https://shop.example/#/access_token'],
    ['https://shop.example/#access_token=1&state=/x', 'https://shop.example/'],
    ['https://user:secret@shop.example/a?token=1#id', 'https://shop.example/a'],
    ['http://shop.example', 'http://shop.example/'],
    ['https://shop.example/a b', 'https://shop.example/a%20b'],
    ['HTTPS://SHOP.example:443/A', 'https://shop.example/A'],
  ])('case 16: %s becomes %s', (text, url) => {
    expect(cleanPageUrl(text, new Set())).toBe(url)
  })

  it('keeps the parameters that it is told to keep', () => {
    expect(cleanPageUrl('https://x/?id=7&token=1&id=8', new Set(['id']))).toBe('https://x/?id=7&id=8')
  })

  it('cuts an address off at 2,048 characters, and through no escape', () => {
    const of = (path: string) => cleanPageUrl(`https://x/${path}`, new Set())
    expect(of('a'.repeat(3_000))).toBe(`https://x/${'a'.repeat(2_038)}`)
    expect(of('a'.repeat(2_037) + '%20'.repeat(9))).toBe(`https://x/${'a'.repeat(2_037)}`)
    expect(of(`a?token=${'x'.repeat(3_000)}`)).toBe('https://x/a')
  })
})

describe('what an event says of its survey', () => {
  it.each(['response', 'decline', 'impression'] as const)(
    'travels with a %s, and the rest is dropped',
    type => {
      const survey = { form: 'bar', language: 'zh-hans', wording: 'k3x9', version: '0.1.0', device: 'tablet' }
      const make = { response, decline, impression }[type]
      const { event } = parseEvent({ ...make(), survey: { ...survey, level: 'proven', colour: 'red' } }) ?? {}
      expect(event).toMatchObject({ type, survey })
      expect(JSON.stringify(event)).not.toMatch(/level|colour/)
      expect(parseEvent({ ...make(), survey: 'bar' })?.event).not.toHaveProperty('survey')
    },
  )
})
