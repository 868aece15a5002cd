import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonFields } from '../../../src/api/request/fields.js'
import { endUserParameters } from '../../../src/api/request/schemas.js'
import { validate } from '../../../src/api/request/validate.js'
import { mergeProperties } from '../../../src/api/resources/merge-properties.js'

const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom('__proto__', 'constructor', 'a'),
)
const hash = fc.dictionary(name, fc.option(value), { maxKeys: 8 })
const parse = (text: string) => Object.entries(JSON.parse(text))

test('merging sets what is given, takes away what is null and leaves the rest', () => {
  fc.assert(
    fc.property(hash, hash, (before, changes) => {
      const first = mergeProperties('{}', before)
      const expected = new Map(parse(first))
      for (const [key, change] of Object.entries(changes)) {
        if (change === null) expected.delete(key)
        else expected.set(key, change === 0 ? 0 : change)
      }
      expect(new Map(parse(mergeProperties(first, changes)))).toEqual(expected)
    }),
  )
})

test('a property may be called like a method of objects', () => {
  const body = '{"email":"a","properties":{"__proto__":"x","constructor":"y"}}'
  const { properties } = validate(endUserParameters, jsonFields(body))
  expect(mergeProperties('{}', properties ?? {})).toBe('{"__proto__":"x","constructor":"y"}')
})
