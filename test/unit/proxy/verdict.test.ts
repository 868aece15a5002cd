import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Circumstances, evaluateGates, openForTesting } from '../../../src/proxy/verdict/gates.js'
import { samplePosition } from '../../../src/proxy/verdict/sampling.js'
import { DEFAULT_RULES, fulfils, mergeRules } from '../../../src/proxy/verdict/verdict-rules.js'

const DAY_S = 86_400
const NOW_S = 1_700_000_000

/** Somebody new, on their first page view. */
const someone = (more: Partial<Circumstances> = {}): Circumstances => ({
  subject: { email: 'ada@example.com', level: 'proven' },
  nowS: NOW_S,
  ask: {},
  rules: DEFAULT_RULES,
  hostConsent: undefined,
  externalCreatedAt: null,
  properties: {},
  pageViews: 1,
  mayBeAsked: true,
  answers: { fromS: 0, responseS: 0, declineS: 0 },
  lastSurveyedS: 0,
  ...more,
})
const closed = (circumstances: Circumstances) =>
  evaluateGates(circumstances)
    .filter(({ open }) => !open)
    .map(({ gate }) => gate)
const valueAndNeed = (gate: string, circumstances: Circumstances) => {
  const found = evaluateGates(circumstances).find(candidate => candidate.gate === gate)
  return [found?.value, found?.needed]
}
const answers = (more: object) => ({ fromS: 0, responseS: 0, declineS: 0, ...more })

describe('the gates', () => {
  it('are all open for someone new on a page with nothing configured', () => {
    expect(closed(someone())).toEqual([])
  })

  it.each([
    ['consent', { ask: { consent_refused: true as const } }],
    ['consent', { hostConsent: false }],
    ['opt_out', { ask: { opted_out: true as const } }],
    ['opt_out', { properties: { zeroten_opt_out: true } }],
    ['first_survey', { externalCreatedAt: NOW_S - 29 * DAY_S }],
    ['resurvey_response', { answers: answers({ responseS: NOW_S - 89 * DAY_S }) }],
    ['resurvey_response', { lastSurveyedS: NOW_S - 89 * DAY_S }],
    ['resurvey_decline', { answers: answers({ declineS: NOW_S - 29 * DAY_S }) }],
    ['sampling', { rules: { ...DEFAULT_RULES, registeredPercent: 0 } }],
    ['page_views', { pageViews: 0 }],
    ['properties', { rules: { ...DEFAULT_RULES, properties: [{ property: 'plan', is: ['pro'] }] } }],
  ])('%s closes alone', (gate, circumstances) => {
    expect(closed(someone(circumstances))).toEqual([gate])
  })

  it.each([
    ['thirty days after sign-up', { externalCreatedAt: NOW_S - 30 * DAY_S }],
    ['ninety days after a response', { answers: answers({ responseS: NOW_S - 90 * DAY_S }) }],
    ['thirty days after a decline', { answers: answers({ declineS: NOW_S - 30 * DAY_S }) }],
    [
      'thirty days after a decline that upstream notes as surveyed',
      { lastSurveyedS: NOW_S - 31 * DAY_S, answers: answers({ declineS: NOW_S - 31 * DAY_S }) },
    ],
    ['where page views are not recorded', { pageViews: 0, ask: { no_page_views: true as const } }],
    ['where upstream does not count page views', { pageViews: null }],
    ['by the page views of the device’s session', { pageViews: 0, ask: { session_page_views: 1 } }],
  ])('are open %s', (_, circumstances) => {
    expect(closed(someone(circumstances))).toEqual([])
  })

  it('say what they saw and what they needed', () => {
    expect(valueAndNeed('first_survey', someone({ externalCreatedAt: NOW_S - 5 * DAY_S }))).toEqual([5, 30])
    expect(valueAndNeed('first_survey', someone())).toEqual([null, 30])
    expect(valueAndNeed('page_views', someone({ pageViews: 0 }))).toEqual([0, 1])
    expect(valueAndNeed('consent', someone({ hostConsent: false }))).toEqual(['refused', 'granted'])
    const rules = { ...DEFAULT_RULES, properties: [{ property: 'plan', is: ['pro'] }] }
    expect(valueAndNeed('properties', someone({ rules, properties: { plan: 'free' } }))).toEqual([
      'free',
      'plan',
    ])
  })

  it('believe a device up to a hundred page views', () => {
    const ask = { session_page_views: 5_000 }
    expect(valueAndNeed('page_views', someone({ pageViews: 2, ask }))).toEqual([100, 1])
    expect(valueAndNeed('page_views', someone({ pageViews: 200, ask }))).toEqual([200, 1])
    expect(valueAndNeed('page_views', someone({ pageViews: null, ask }))).toEqual([null, 1])
  })

  it('ask visitors and registered visitors by percentages of their own', () => {
    const rules = { ...DEFAULT_RULES, visitorPercent: 0 }
    expect(closed(someone({ rules }))).toEqual([])
    const subject = { email: 'x@anonymous.invalid', level: 'anonymous' as const }
    expect(closed(someone({ rules, subject }))).toEqual(['sampling'])
  })

  it('open for testing, but not against what the visitor refused', () => {
    const everythingShut = someone({
      ask: { consent_refused: true, opted_out: true },
      pageViews: 0,
      externalCreatedAt: NOW_S,
      answers: answers({ responseS: NOW_S, declineS: NOW_S }),
      rules: { ...DEFAULT_RULES, registeredPercent: 0, properties: [{ property: 'x', is: [1] }] },
    })
    expect(closed(everythingShut)).toHaveLength(8)
    const open = openForTesting(evaluateGates(everythingShut))
    expect(open.filter(gate => !gate.open).map(({ gate }) => gate)).toEqual(['consent', 'opt_out'])
  })
})

describe('sampling', () => {
  it('takes the percentage that it is told, and others in another period', () => {
    const people = Array.from({ length: 20_000 }, (_, n) => `visitor-${n}@example.com`)
    const below = (percent: number, period: number) =>
      new Set(people.filter(person => samplePosition(person, period) < percent))
    for (const percent of [0, 10, 50, 90, 100])
      expect(Math.abs((below(percent, 7).size / people.length) * 100 - percent)).toBeLessThan(1)
    const next = below(50, 8)
    const both = [...below(50, 7)].filter(person => next.has(person))
    expect(both.length / people.length).toBeCloseTo(0.25, 1)
  })

  it('says the same of the same person everywhere', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (person, period) => {
        const position = samplePosition(person, period)
        expect(position).toBe(samplePosition(person, period))
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThan(100)
      }),
    )
  })
})

describe('what a page asks', () => {
  const asked = {
    first_survey_days: 10,
    resurvey_days: 120,
    decline_resurvey_days: 5,
    registered_percent: 150,
    visitor_percent: 20,
    min_page_views: 3,
  }

  it('makes the rules stricter, never laxer', () => {
    expect(mergeRules(DEFAULT_RULES, asked)).toEqual({
      ...DEFAULT_RULES,
      resurveyDays: 120,
      visitorPercent: 20,
      minPageViews: 3,
    })
  })

  it('counts as it is with leave', () => {
    const merged = mergeRules({ ...DEFAULT_RULES, pageMayLoosen: true }, { ...asked, min_page_views: 0 })
    expect(merged).toMatchObject({ firstSurveyDays: 10, declineResurveyDays: 5, minPageViews: 0 })
  })
})

describe('a rule on a property', () => {
  it.each([
    [{ property: 'plan', is: ['pro', 'team'] }, { plan: 'team' }, true],
    [{ property: 'plan', is: ['pro'] }, {}, false],
    [{ property: 'plan', is: ['pro'] }, { plan: null }, false],
    [{ property: 'plan', isNot: ['free'] }, { plan: 'free' }, false],
    [{ property: 'plan', isNot: ['free'] }, {}, true],
    [{ property: 'seats', atLeast: 5 }, { seats: 5 }, true],
    [{ property: 'seats', atLeast: 5 }, { seats: '7' }, true],
    [{ property: 'seats', atLeast: 5, atMost: 6 }, { seats: 7 }, false],
    [{ property: 'seats', atLeast: 0 }, { seats: '' }, false],
    [{ property: 'seats', atLeast: 0 }, {}, false],
    [{ property: 'toString', is: ['x'] }, {}, false],
  ])('%j of %j: %s', (rule, properties, holds) => {
    expect(fulfils(properties, rule)).toBe(holds)
  })
})
