import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode } from '../../../src/widget/boot/platform.js'
import { parseSettings } from '../../../src/widget/settings/parse-settings.js'
import { SETTINGS } from '../../../src/widget/settings/settings-table.js'
import { surveySettings } from '../../../src/widget/settings/survey-settings.js'
import { readAttributes } from '../../../src/widget/settings/tag-settings.js'

const NAMES = Object.keys(SETTINGS)
const ABSENT = ['', '  ', 'null', 'undefined', null, undefined]

const circle: Record<string, unknown> = {}
circle.self = circle
const throwing = {
  get plan(): string {
    throw new Error('of the page')
  },
}
const strange = fc.constantFrom(
  circle,
  throwing,
  () => 1,
  Symbol('x'),
  1n,
  new Date(Number.NaN),
  Object.create(null),
  new Proxy({}, { ownKeys: () => ['a', 'a'] }),
  'x'.repeat(70_000),
  { properties: { toString: 1 } },
)
const anything = fc.oneof(
  strange,
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true }),
)
const anySettings = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), anything)

/** All that can become of settings: what the core sends, and what the survey reads. */
const use = (given: unknown) => {
  const parsed = parseSettings(given)
  const view = surveySettings(parsed)
  for (const name of NAMES) void view[name as 'email']
  return JSON.parse(
    encode({
      token: parsed.identityToken,
      email: parsed.email,
      properties: parsed.properties,
      ask: parsed.eventName,
    }),
  ) as Record<string, unknown>
}

describe('any value of any type in any setting', () => {
  it('throws nothing, and leaves a batch that can be sent', () => {
    fc.assert(fc.property(fc.oneof(anySettings, anything), given => encode(use(given)).length < 60_000))
  })

  it('throws nothing as attributes of the tag', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...NAMES), fc.string()), given => {
        use(readAttributes(given))
      }),
    )
  })

  it('is the same when it is parsed again', () => {
    fc.assert(
      fc.property(anySettings, given => {
        const once = parseSettings(given)
        for (const name of [
          'email',
          'identityToken',
          'properties',
          'consent',
          'base',
          'debug',
          'keepParams',
        ] as const)
          expect(parseSettings(once)[name]).toEqual(once[name])
      }),
    )
  })

  it.each(NAMES)('is absent in %s where a template had nothing to put there', name => {
    for (const value of ABSENT)
      expect(surveySettings(parseSettings({ [name]: value }))[name as 'email']).toBe(undefined)
  })
})

describe('a setting', () => {
  it.each(['now', 'true', true, 1, 'later '])('says of identity nothing but later: %j', value => {
    const expected = value === 'later ' ? 'later' : undefined
    expect(parseSettings({ identity: value }).identity).toBe(expected)
  })

  it('is repaired where half an emoji or U+0000 stands in its text', () => {
    const given = {
      productName: 'Kes\0trel \ud83d',
      email: 'a\0da@example.com',
      question: 'good \ud83d?',
      properties: { 'pl\0an': 'pro \ude00', seats: 4 },
    }
    const parsed = parseSettings(given)
    const { question } = surveySettings(parsed)
    expect({ ...parsed, question }).toEqual({
      productName: 'Kestrel \ufffd',
      email: 'ada@example.com',
      question: 'good \ufffd?',
      properties: { plan: 'pro \ufffd', seats: 4 },
    })
    expect(parseSettings({ productName: 'good 👍' }).productName).toBe('good 👍')
  })

  it('is text where numbers are given for it', () => {
    expect(parseSettings({ email: 42, identityToken: 7, productName: 24.1 })).toEqual({
      email: '42',
      identityToken: '7',
      productName: '24.1',
    })
  })

  it.each([true, {}, [], Symbol('x'), () => 1])('is left out where it is text and gets %s', value => {
    expect(parseSettings({ email: value })).not.toHaveProperty('email', expect.anything())
  })

  it('for base is a path of this origin, or none', () => {
    const base = (value: string) => parseSettings({ base: value }).base
    expect(base('/zt/')).toBe('/zt')
    expect(base('/a/b')).toBe('/a/b')
    expect(base('/')).toBe('')
    for (const bad of [
      '//other',
      '/a//b',
      '\\\\other',
      '/\\other',
      'https://other',
      'zt',
      '__proto__',
      '/a b',
      '/a?b',
      '/\t/other',
    ])
      expect(base(bad)).toBe(undefined)
  })

  it('that asks for consent is not taken back by an absent one', () => {
    expect(Object.assign(parseSettings({ consent: 'pending' }), parseSettings({ consent: null }))).toEqual({
      consent: 'pending',
    })
    expect(parseSettings({ consent: 'analytics' })).toEqual({})
    expect(parseSettings({ consent: false })).toEqual({ consent: 'pending' })
  })

  it('waits no longer than a timer can', () => {
    expect(surveySettings({ timeDelay: 1e9 }).timeDelay).toBe(2_147_483)
  })

  it('of properties keeps what is flat, and names what a prototype has for itself', () => {
    const properties = JSON.parse(
      '{"plan":"pro","seats":3,"trial":false,"team":null,"__proto__":{"a":1},"constructor":"x"}',
    )
    Object.assign(properties, {
      big: 1n,
      self: properties,
      list: [1],
      at: new Date(),
      text: 'x'.repeat(70_000),
    })
    expect(parseSettings({ properties }).properties).toEqual({
      plan: 'pro',
      seats: 3,
      trial: false,
      team: null,
    })
    expect(parseSettings({ properties: throwing }).properties).toEqual({})
  })
})
