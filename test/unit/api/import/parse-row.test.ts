import { expect, test } from 'vitest'
import { type ImportSource, mapColumns } from '../../../../src/api/import/import-formats.js'
import { createRowParser, type RowOptions } from '../../../../src/api/import/parse-row.js'

function parse(
  fields: Record<string, string>,
  options: Partial<RowOptions> & { source?: ImportSource } = {},
) {
  const source = options.source ?? 'csv'
  const columns = mapColumns(source, Object.keys(fields), [])
  return createRowParser({ source, columns, timeZone: 'UTC', dateOrder: undefined, ...options })({
    line: 2,
    fields,
  })
}

const at = (created_at: string, options: Partial<RowOptions> = {}) =>
  new Date(parse({ score: '9', created_at }, options).createdMs).toISOString()

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01 10:20', '2026-11-01T10:20:00.000Z'],
  ['2026-11-01 10:20:30 UTC', '2026-11-01T10:20:30.000Z'],
  ['2026-11-01 10:20:30 -0800', '2026-11-01T18:20:30.000Z'],
  ['2026-11-01T10:20:30.125+02:00', '2026-11-01T08:20:30.125Z'],
  ['2026-11-01T10:20:30Z', '2026-11-01T10:20:30.000Z'],
  ['1793528430', '2026-11-01T10:20:30.000Z'],
  ['1.11.2026', '2026-11-01T00:00:00.000Z'],
])('reads the time %s', (text, iso) => {
  expect(at(text)).toBe(iso)
})

test('times without a zone are of the zone that is given', () => {
  expect(at('2026-07-01 10:00:00', { timeZone: 'America/New_York' })).toBe('2026-07-01T14:00:00.000Z')
  expect(at('2026-12-01', { timeZone: 'Europe/Berlin' })).toBe('2026-11-30T23:00:00.000Z')
})

test('a date that may be either of two is refused unless its order is said', () => {
  expect(() => at('03/04/2026')).toThrow(/--date-order/)
  expect(at('03/04/2026', { dateOrder: 'mdy' })).toBe('2026-03-04T00:00:00.000Z')
  expect(at('03/04/2026 1:05 PM', { dateOrder: 'dmy' })).toBe('2026-04-03T13:05:00.000Z')
})

test.each(['', 'yesterday', '2026-02-30', '2026-13-01', '2026-11-01 25:00', '99999-01-01'])(
  'refuses the time %j',
  text => {
    expect(() => at(text)).toThrow(/time|date/)
  },
)

test.each(['', '-1', '11', '7.5', 'ten', '1e1', '٣'])('refuses the score %j', score => {
  expect(() => parse({ score, created_at: '2026-11-01' })).toThrow(/score/)
})

test('a row of the same source and id is the same response, another source makes another', () => {
  const row = { id: '7', score: '9', created_at: '2026-11-01' }
  const link = parse(row).uniqueLink
  expect(parse({ ...row, text: 'changed' }).uniqueLink).toBe(link)
  expect(parse(row, { source: 'wootric' }).uniqueLink).not.toBe(link)
})

test('without an id a row is what it says', () => {
  const row = { email: 'a@b.c', score: '9', created_at: '2026-11-01' }
  expect(parse(row).uniqueLink).toBe(parse({ ...row }).uniqueLink)
  expect(parse(row).uniqueLink).not.toBe(parse({ ...row, score: '8' }).uniqueLink)
})

test('columns of Delighted’s export are found, the others are properties', () => {
  const fields = {
    'Response ID': '12',
    'Survey Type': 'nps',
    Score: '10',
    Comment: 'great',
    Email: 'ada@example.com',
    'Created At': '2026-01-02 03:04:05 UTC',
    'Property: Plan': 'pro',
    Permalink: 'https://delighted.example/r/12',
  }
  expect(parse(fields, { source: 'delighted' })).toMatchObject({
    score: 10,
    text: 'great',
    email: 'ada@example.com',
    properties: { Plan: 'pro' },
  })
})

test('a column may be named whatever it is called', () => {
  expect(
    mapColumns(
      'csv',
      ['Wie sehr?', 'Wann'],
      [
        ['score', 'wie sehr'],
        ['created_at', 'Wann'],
      ],
    ).targets,
  ).toMatchObject({
    score: 'Wie sehr?',
    created_at: 'Wann',
  })
  expect(() => mapColumns('csv', ['a', 'b'], [['score', 'c']])).toThrow(/no column 'c'/)
})
