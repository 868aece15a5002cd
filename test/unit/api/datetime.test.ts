import { expect, test } from 'vitest'
import { createDatetimeStyles } from '../../../src/api/datetime.js'

const AT = Date.UTC(2015, 1, 12, 14, 29, 27)

test('the document’s two styles, in its time zone', () => {
  const { read, written } = createDatetimeStyles('document', 'America/Los_Angeles')
  expect(read(AT)).toBe('2015-02-12 06:29:27')
  expect(written(AT)).toBe('2015-02-12T06:29:27.000-08:00')
})

test('later editions print the offset everywhere', () => {
  const { read, written } = createDatetimeStyles('offset', 'America/Los_Angeles')
  expect([read(AT), written(AT)]).toEqual(['2015-02-12 06:29:27 -0800', '2015-02-12 06:29:27 -0800'])
})

test('an hour that daylight saving repeats is told apart by its offset', () => {
  const { written } = createDatetimeStyles('document', 'Europe/Berlin')
  const first = Date.UTC(2024, 9, 27, 0, 30)
  expect(written(first)).toBe('2024-10-27T02:30:00.000+02:00')
  expect(written(first + 3_600_000)).toBe('2024-10-27T02:30:00.000+01:00')
})

test('zones with quarters of an hour are exact', () => {
  expect(createDatetimeStyles('document', 'Asia/Kathmandu').written(AT)).toBe('2015-02-12T20:14:27.000+05:45')
})

test('in UTC milliseconds are kept where records are written', () => {
  const { read, written } = createDatetimeStyles('document', 'UTC')
  expect(written(AT + 578)).toBe('2015-02-12T14:29:27.578+00:00')
  expect(read(AT + 578)).toBe('2015-02-12 14:29:27')
})

test('the first and the last second that the API takes are printed, east and west', () => {
  const last = Date.UTC(9999, 11, 31, 23, 59, 59)
  expect(createDatetimeStyles('document', 'Asia/Tokyo').read(last)).toBe('10000-01-01 08:59:59')
  expect(createDatetimeStyles('document', 'America/New_York').read(0)).toBe('1969-12-31 19:00:00')
})

test('what was printed is the time that it was printed from', () => {
  for (const zone of ['UTC', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia']) {
    const { written } = createDatetimeStyles('document', zone)
    for (let at = Date.UTC(2011, 0, 1); at < Date.UTC(2012, 0, 10); at += 7_777_777) {
      expect(Date.parse(written(at))).toBe(at)
    }
  }
})

test('a time zone that does not exist is refused at once', () => {
  expect(() => createDatetimeStyles('document', 'Mars/Olympus')).toThrow(RangeError)
})
