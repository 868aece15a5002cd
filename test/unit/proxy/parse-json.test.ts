import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/proxy/request/parse-json.js'
import { MAX_BATCH_BYTES } from '../../../src/wire/delivery.js'
import { fastest } from '../../support/fastest.js'

const refusal = expect.objectContaining({ status: 400, code: 'malformed' })

describe('parseJson', () => {
  it.each([
    '{"properties":{"__proto__":{"isAdmin":true}}}',
    '{"a":{"constructor":{"prototype":{"isAdmin":true}}}}',
    '{"\\u005f_proto__":{"isAdmin":true}}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":1,"b":{"c":1,"c"   \n\t   \r           :2}}',
    '[{"a":1},{"b":1,"b":1}]',
  ])('case 28: refuses %s', text => {
    expect(() => parseJson(text)).toThrow(refusal)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it.each([
    ['all the depth that fits', '['.repeat(32_768) + ']'.repeat(32_768)],
    ['a depth that never closes', '{"a":'.repeat(13_107)],
    ['all the names that fit', `{${Array.from({ length: 7_000 }, (_, n) => `"${n % 6_900}":0`).join()}}`],
    ['quotes without end', '"'.repeat(65_535)],
    ['backslashes without end', `"${'\\'.repeat(65_534)}`],
    ['escaped quotes', `{"a":"${'\\"'.repeat(32_000)}`],
    ['a big number of names that stand twice', `{"a":1${',"a":1'.repeat(9_000)}}`],
  ])('case 29: refuses %s, quickly', (_, text) => {
    expect(text.length).toBeLessThanOrEqual(MAX_BATCH_BYTES)
    expect(fastest(() => expect(() => parseJson(text)).toThrow(refusal))).toBeLessThan(50)
  })

  it.each(['', ' ', '{', '{]', 'undefined', '{"a":}', '\u0000', '{"a":1}{'])('refuses %j', text => {
    expect(() => parseJson(text)).toThrow(refusal)
  })

  it.each([
    '{"identity":{"properties":{"__proto__":{"isAdmin":true},"constructor":1}}}',
    `{"identity":{"properties":${'{"a":'.repeat(100)}1${'}'.repeat(102)}`,
  ])('leaves it to the caller what a page says of its visitor: %s', text => {
    expect(parseJson(text)).toEqual(JSON.parse(text))
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it.each([
    '{"identity":{"properties":1,"constructor":1}}',
    '{"properties":{"constructor":1}}',
    '[{"identity":{"x":{"constructor":1}}}]',
    '{"identity":{"properties":{"a":1,"a":2}}}',
  ])('refuses %s', text => {
    expect(() => parseJson(text)).toThrow(refusal)
  })

  it('reads numbers that are too big as JSON does', () => {
    expect(parseJson('{"a":1e400,"b":123456789012345678901234567890}')).toEqual({
      a: Number.POSITIVE_INFINITY,
      b: 1.2345678901234568e29,
    })
  })

  it('reads the same name in two objects, and a name as a value', () => {
    expect(parseJson('{"a":{"id":1},"b":[{"id":2},{"id":3}],"c":"a","d":["a","a"]}')).toEqual({
      a: { id: 1 },
      b: [{ id: 2 }, { id: 3 }],
      c: 'a',
      d: ['a', 'a'],
    })
  })

  it('reads whatever JSON.stringify writes', () => {
    const depth = { maxDepth: 5, depthSize: 'small' as const, withCrossShrink: true }
    const safe = fc.string().filter(name => !['__proto__', 'constructor', 'prototype'].includes(name))
    const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
      tree: fc.oneof(
        depth,
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(safe, tie('tree')),
      ),
    }))
    fc.assert(
      fc.property(tree, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })
})
