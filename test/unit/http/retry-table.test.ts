import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientRetries, proxyAction, widgetAction } from '../../../src/http/retry-table.js'

/** Rows of the table in the source's comment, so that neither can drift from the other. */
const rows = readFileSync(new URL('../../../src/http/retry-table.ts', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line.startsWith(' * | ') && !line.includes('---') && !line.includes('status  '))
  .map(line => {
    const [statuses = '', widget = '', client = '', proxy = ''] = line
      .split('|')
      .slice(1)
      .map(cell => cell.trim())
    return { statuses: statusesOf(statuses), widget, client, proxy }
  })

function statusesOf(cell: string): number[] {
  if (cell === '500 and above') return [500, 501, 502, 503, 504, 520, 599]
  if (cell.startsWith('2xx')) return [200, 201, 204, 206, 301, 302, 304, 307]
  if (cell === 'other 4xx') return [402, 406, 410, 411, 414, 415, 418, 428, 431, 451, 499]
  return cell.split(', ').map(Number)
}

const firstWord = (cell: string) => /\w+/.exec(cell)?.[0]

test('the table has a row for every kind of answer', () => {
  expect(rows).toHaveLength(10)
})

test.each(rows)('$statuses does what the table says', ({ statuses, widget, client, proxy }) => {
  for (const status of statuses) {
    expect(widgetAction(status), `widget, ${status}`).toBe(firstWord(widget))
    expect(proxyAction(status), `proxy, ${status}`).toBe(firstWord(proxy))
    expect(clientRetries(status, true), `client, ${status}`).toBe(client === 'retry if safe to repeat')
  }
})

test('the client repeats nothing that is not safe to repeat', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 599 }), status => {
      expect(clientRetries(status, false)).toBe(false)
    }),
  )
})
