import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProperties } from '../../../src/client/properties.js'

const properties = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter(key => key !== '__proto__'),
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(n => !Object.is(n, -0)),
    fc.boolean(),
    fc.constant(null),
  ),
)

test('the three forms of the document are one and the same', () => {
  const expected = { company: 'NewCompany', city: 'New Reno' }
  expect(parseProperties(expected)).toEqual(expected)
  expect(parseProperties(JSON.stringify(expected))).toEqual(expected)
  expect(parseProperties("{'company':'NewCompany', 'city':'New Reno'}")).toEqual(expected)
})

test.each([null, '', {}, '{}', '{ }', ' { } '])('%j is none', value => {
  expect(parseProperties(value)).toEqual({})
})

test.each<[string, object]>([
  ["{'city':'Coeur d'Alene'}", { city: "Coeur d'Alene" }],
  ["{'a':'it\\'s', 'b':'back\\\\slash'}", { a: "it's", b: 'back\\slash' }],
  ["{'a':'x, y','b':'z: {1}'}", { a: 'x, y', b: 'z: {1}' }],
  ["{ 'a' : '' , 'b' : 'é 😀 مرحبا' }", { a: '', b: 'é 😀 مرحبا' }],
  [
    "{'seats':5,'ratio':-0.25,'paid':true,'off':false,'gone':null,'nothing':nil}",
    {
      seats: 5,
      ratio: -0.25,
      paid: true,
      off: false,
      gone: null,
      nothing: null,
    },
  ],
  ["{'a'=>'b'}", { a: 'b' }],
])('%s is read', (text, expected) => {
  expect(parseProperties(text)).toEqual(expected)
})

test.each([
  undefined,
  7,
  true,
  [],
  ['a'],
  'plan',
  '[1]',
  '"a"',
  '7',
  '{',
  "{'a'}",
  "{'a':}",
  "{'a':'b'",
  "{'a':'b',}",
  "{'a':'b'} ; drop",
  "{'a':'b'}{'c':'d'}",
  "{a:'b'}",
  "{'a':{'b':'c'}}",
  '{"a":{"b":"c"}}',
  '{"a":[1]}',
  { a: { b: 'c' } },
  { a: ['b'] },
  { a: undefined },
  { a: Number.NaN },
])('%j is no properties', value => {
  expect(parseProperties(value)).toBeUndefined()
})

test('a key __proto__ reaches nobody', () => {
  for (const form of [
    JSON.parse('{"__proto__":{"isAdmin":true}}'),
    JSON.parse('{"__proto__":"x","plan":"pro"}'),
    '{"__proto__":"x","plan":"pro"}',
    "{'__proto__':'x','plan':'pro'}",
  ]) {
    const parsed = parseProperties(form)
    expect(Object.keys(parsed ?? {})).not.toContain('__proto__')
    expect(Object.getPrototypeOf(parsed ?? {})).toBe(Object.prototype)
  }
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})

test('properties survive each form', () => {
  const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
  fc.assert(
    fc.property(properties, value => {
      const expected = { ...value }
      expect(parseProperties(expected)).toEqual(expected)
      expect(parseProperties(JSON.stringify(expected))).toEqual(expected)
      const texts = Object.entries(expected).filter(entry => typeof entry[1] === 'string')
      const quoted = texts.map(([key, text]) => `${quote(key)}:${quote(String(text))}`).join(', ')
      expect(parseProperties(`{${quoted}}`)).toEqual(Object.fromEntries(texts))
    }),
  )
})

test('whatever the value, the answer is undefined or flat', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.json(), fc.string({ unit: 'binary' })), value => {
      const parsed = parseProperties(value)
      for (const inner of Object.values(parsed ?? {}))
        expect(inner === null || ['string', 'number', 'boolean'].includes(typeof inner)).toBe(true)
    }),
  )
})

test('no text makes it slow', () => {
  for (const text of ["{'", "{'a':'", "a'a", "\\'", "{'a':'b',", ' ', "'a'a'a", '{'.repeat(3)]) {
    const startMs = performance.now()
    parseProperties(`{'a':'${text.repeat(20_000)}`)
    parseProperties(text.repeat(20_000))
    // Milliseconds, also on a busy machine; a pattern that tries every way would take minutes.
    expect(performance.now() - startMs, text).toBeLessThan(10_000)
  }
})
