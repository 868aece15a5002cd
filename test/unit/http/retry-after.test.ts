import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRetryAfter } from '../../../src/http/retry-after.js'

const now = Date.UTC(2015, 9, 21, 7, 28, 0)

test('whole seconds are a wait', () => {
  expect(parseRetryAfter('120', now)).toBe(120_000)
})

test('an IMF-fixdate is a wait from the present', () => {
  expect(parseRetryAfter('Wed, 21 Oct 2015 07:28:30 GMT', now)).toBe(30_000)
})

test('no server has us wait less than a second or more than an hour', () => {
  expect(parseRetryAfter('0', now)).toBe(1_000)
  expect(parseRetryAfter('Tue, 20 Oct 2015 07:28:00 GMT', now)).toBe(1_000)
  expect(parseRetryAfter('999999999', now)).toBe(3_600_000)
  expect(parseRetryAfter('Fri, 21 Oct 2016 07:28:00 GMT', now)).toBe(3_600_000)
})

test.each([
  null,
  '',
  ' ',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '٣',
  'soon',
  '9'.repeat(400),
  '2015-10-21T07:28:30Z',
  'Wed, 21 Oct 2015 07:28:30',
  'Wednesday, 21-Oct-15 07:28:30 GMT',
  'Wed, 99 Foo 2015 07:28:30 GMT',
])('%j says nothing', value => {
  expect(parseRetryAfter(value, now)).toBeUndefined()
})

test('nothing that a server may say gives anything but undefined or a wait within bounds', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.date().map(String)), value => {
      const ms = parseRetryAfter(value, now)
      expect(ms === undefined || (ms >= 1_000 && ms <= 3_600_000)).toBe(true)
    }),
  )
})
