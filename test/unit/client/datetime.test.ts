import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDatetime } from '../../../src/client/datetime.js'

test.each([
  ['2014-12-01 18:36:59', '2014-12-01T18:36:59.000Z'],
  ['2015-02-12T06:29:27.000-08:00', '2015-02-12T14:29:27.000Z'],
  ['2015-02-13T01:44:51.578-08:00', '2015-02-13T09:44:51.578Z'],
  ['2014-12-01 18:36:59 -0800', '2014-12-02T02:36:59.000Z'],
  ['2022-08-10 11:39:50 -0700', '2022-08-10T18:39:50.000Z'],
  ['2014-12-01 18:36:59 UTC', '2014-12-01T18:36:59.000Z'],
  ['2014-12-01T18:36:59Z', '2014-12-01T18:36:59.000Z'],
  ['2014-12-01T18:36:59.123456789+05:45', '2014-12-01T12:51:59.123Z'],
  ['2014-12-01T18:36:59.5Z', '2014-12-01T18:36:59.500Z'],
  ['2024-02-29 00:00:00', '2024-02-29T00:00:00.000Z'],
  ['0033-04-03 12:00:00', '0033-04-03T12:00:00.000Z'],
])('%s is %s', (text, iso) => {
  expect(parseDatetime(text)?.toISOString()).toBe(iso)
})

test.each([
  '',
  '2014-12-01',
  '18:36:59',
  '1417459019',
  '2014-13-01 18:36:59',
  '2014-00-01 18:36:59',
  '2014-02-30 18:36:59',
  '2023-02-29 18:36:59',
  '2014-12-01 24:00:00',
  '2014-12-01 18:60:59',
  '2014-12-01 18:36:60',
  '2014-12-01 18:36:59 -2500',
  '2014-12-01 18:36:59 -0860',
  '2014-12-01 18:36:59 PST',
  '2014-12-01 18:36:59 ',
  ' 2014-12-01 18:36:59',
  '2014-12-01 18:36:59\n',
  '2014-12-01  18:36:59',
  '２０14-12-01 18:36:59',
  'now',
])('%j is no datetime', text => {
  expect(parseDatetime(text)).toBeUndefined()
})

test('every second of every style comes back as it was', () => {
  const second = fc.integer({ min: 0, max: 253_402_300_799 }).map(s => new Date(s * 1_000))
  const offset = fc.integer({ min: -14 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(second, offset, (date, minutes) => {
      const local = new Date(date.getTime() + minutes * 60_000).toISOString()
      // Beyond the four digits of a year there is no style to print.
      fc.pre(/^\d{4}-/.test(local))
      const [day, time] = [local.slice(0, 10), local.slice(11, 19)]
      const sign = minutes < 0 ? '-' : '+'
      const hh = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')
      const mm = String(Math.abs(minutes) % 60).padStart(2, '0')
      expect(parseDatetime(`${day} ${time} ${sign}${hh}${mm}`)).toEqual(date)
      expect(parseDatetime(`${day}T${time}.000${sign}${hh}:${mm}`)).toEqual(date)
      expect(parseDatetime(date.toISOString().slice(0, 19).replace('T', ' '))).toEqual(date)
    }),
  )
})

test('whatever the text, the answer is undefined or a valid date', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.{0,8}$/)),
      text => {
        const date = parseDatetime(text)
        expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true)
      },
    ),
  )
})
