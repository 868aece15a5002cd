import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  clientRetries,
  isOutage,
  isTokenFailure,
  isTransientStatus,
  isUncertainStatus,
  proxyAction,
  RETRY_TABLE,
  retryRow,
} from '../../../src/http/retry-table.js'
import { widgetAction } from '../../../src/http/widget-action.js'

const SAMPLES: Record<string, number[]> = {
  '0 (no response)': [0],
  '500 and above': [500, 501, 502, 503, 504, 520, 599],
  'other 4xx': [402, 406, 410, 411, 414, 415, 418, 428, 431, 451, 499],
  '1xx to 3xx that are not ours': [100, 200, 201, 204, 206, 301, 302, 304, 307],
}

const rows = RETRY_TABLE.map(row => ({
  ...row,
  statuses: SAMPLES[row.name] ?? row.name.split(', ').map(Number),
}))

/** As ARCHITECTURE.md shows it. */
const markdown = () => {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['status', 'widget', 'client', 'proxy, per event', 'breaker', 'may be written', 'token endpoint']),
    line(Array.from({ length: 7 }, () => '---')),
    ...RETRY_TABLE.map(({ name, widget, client, proxy, breaker, mayBeWritten, token }) =>
      line([name, widget, client, proxy, breaker, mayBeWritten ? 'yes' : 'no', token]),
    ),
  ].join('\n')
}

test('ARCHITECTURE.md shows the table as it is', () => {
  expect(readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8')).toContain(markdown())
})

test.each(rows)('$name does what its row says', ({ statuses, widget, client, proxy, ...row }) => {
  for (const status of statuses) {
    expect(retryRow(status).name).toBe(row.name)
    expect(widgetAction(status), `widget, ${status}`).toBe(widget)
    expect(proxyAction(status), `proxy, ${status}`).toBe(proxy)
    expect(clientRetries(status, true), `client, ${status}`).toBe(client === 'repeat')
    expect(isOutage(status), `breaker, ${status}`).toBe(row.breaker === 'failure')
    expect(isTokenFailure(status), `token, ${status}`).toBe(row.token === 'retry')
  }
})

test('the widget’s function and its column of the table are equal for every status', () => {
  for (let status = 0; status < 600; status++) expect(widgetAction(status)).toBe(retryRow(status).widget)
})

test.each([0, 500, 503, 599])('%d may have been written, and the same may pass later', status => {
  expect(isUncertainStatus(status)).toBe(true)
  expect(isTransientStatus(status)).toBe(true)
})

test.each([400, 401, 403, 404, 409, 422])('%d was not written, and does not pass by waiting', status => {
  expect(isUncertainStatus(status)).toBe(false)
  expect(isTransientStatus(status)).toBe(false)
})

test('429 was not written, and passes later', () => {
  expect(isUncertainStatus(429)).toBe(false)
  expect(isTransientStatus(429)).toBe(true)
})

test('the client repeats nothing that is not safe to repeat', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 599 }), status => {
      expect(clientRetries(status, false)).toBe(false)
    }),
  )
})
