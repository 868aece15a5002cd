import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketBoundaries, createCalendar, UNITS } from '../../../../src/api/report/calendar.js'

const at = (iso: string) => Date.parse(iso)
const iso = (boundaries: number[]) => boundaries.map(ms => new Date(ms).toISOString().replace('.000', ''))

test('a day of spring is 23 hours long, one of autumn 25', () => {
  const calendar = createCalendar('Europe/Berlin', 'monday')
  const days = (start: string, end: string) =>
    iso(bucketBoundaries(calendar, 'day', calendar.startOf('day', at(start)), at(end)))
  expect(days('2026-03-28T12:00:00Z', '2026-03-30T00:00:00Z')).toEqual([
    '2026-03-27T23:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00Z',
    '2026-03-30T00:00:00Z',
  ])
  expect(days('2026-10-25T12:00:00Z', '2026-10-25T23:00:00Z')).toEqual([
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00Z',
  ])
})

test('a day whose midnight is skipped begins with the change of the clocks', () => {
  // Beirut went from 24:00 to 01:00 on 2021-03-28.
  const calendar = createCalendar('Asia/Beirut', 'monday')
  expect(iso([calendar.startOf('day', at('2021-03-28T12:00:00Z'))])).toEqual(['2021-03-27T22:00:00Z'])
})

test('a day whose midnight comes twice begins with the first', () => {
  // Havana went from 01:00 back to 00:00 on 2021-11-07.
  const calendar = createCalendar('America/Havana', 'monday')
  expect(iso([calendar.startOf('day', at('2021-11-07T12:00:00Z'))])).toEqual(['2021-11-07T04:00:00Z'])
})

test('an hour that comes twice is two buckets', () => {
  const calendar = createCalendar('Europe/Berlin', 'monday')
  const hours = bucketBoundaries(calendar, 'hour', at('2026-10-25T00:00:00Z'), at('2026-10-25T03:00:00Z'))
  expect(iso(hours)).toEqual([
    '2026-10-25T00:00:00Z',
    '2026-10-25T01:00:00Z',
    '2026-10-25T02:00:00Z',
    '2026-10-25T03:00:00Z',
  ])
})

test.each([
  ['monday', '2026-11-23T00:00:00Z'],
  ['sunday', '2026-11-22T00:00:00Z'],
  ['saturday', '2026-11-28T00:00:00Z'],
] as const)('a week that starts on %s', (weekStart, expected) => {
  const calendar = createCalendar('UTC', weekStart)
  expect(iso([calendar.startOf('week', at('2026-11-28T15:00:00Z'))])).toEqual([expected])
})

test('quarters and years begin where the calendar says', () => {
  const calendar = createCalendar('Asia/Kolkata', 'monday')
  expect(iso([calendar.startOf('quarter', at('2026-11-28T00:00:00Z'))])).toEqual(['2026-09-30T18:30:00Z'])
  expect(iso([calendar.startOf('year', at('2026-12-31T20:00:00Z'))])).toEqual(['2026-12-31T18:30:00Z'])
})

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Africa/Cairo',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]

test('buckets partition time in every zone: each instant is in the one that starts at or before it', () => {
  const calendars = ZONES.map(zone => createCalendar(zone, 'monday'))
  fc.assert(
    fc.property(
      fc.constantFrom(...calendars),
      fc.constantFrom(...UNITS),
      fc.integer({ min: at('2005-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }),
      (calendar, unit, instant) => {
        const start = calendar.startOf(unit, instant)
        const next = calendar.nextStart(unit, instant)
        expect(start).toBeLessThanOrEqual(instant)
        expect(next).toBeGreaterThan(instant)
        expect(calendar.startOf(unit, start)).toBe(start)
        expect(calendar.startOf(unit, next - 1)).toBe(start)
        expect(calendar.startOf(unit, next)).toBe(next)
      },
    ),
    { numRuns: 3_000 },
  )
})

test('too many buckets are refused', () => {
  const calendar = createCalendar('UTC', 'monday')
  expect(() => bucketBoundaries(calendar, 'hour', 0, at('2026-01-01T00:00:00Z'))).toThrow(RangeError)
})

test('an empty range has one boundary', () => {
  expect(bucketBoundaries(createCalendar('UTC', 'monday'), 'day', 5, 5)).toEqual([5])
})
