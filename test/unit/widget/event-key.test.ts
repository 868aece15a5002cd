import { describe, expect, it } from 'vitest'
import { formatEventKey, parseEventKey } from '../../../src/widget/courier/event-key.js'
import { pageView, response } from '../../support/events.js'

describe('the key of an event', () => {
  it('tells priority, time, id and size without the record', () => {
    const event = response({ text: 'größer' })
    const key = formatEventKey(event, 1_700_000_000_123)
    expect(parseEventKey(key)).toEqual({
      key,
      isPageView: false,
      timeMs: 1_700_000_000_123,
      id: event.id,
      bytes: Buffer.byteLength(JSON.stringify(event)),
    })
  })

  it('sorts answers before page views, and each by time and then by order of storing', () => {
    const keys = [
      formatEventKey(response(), 1_600_000_002_000),
      formatEventKey(response(), 1_600_000_003_000),
      formatEventKey(pageView(), 999_999_999_999 + 1),
      formatEventKey(pageView(), 1_500_000_001_000),
      formatEventKey(pageView(), 1_500_000_001_000),
      formatEventKey(pageView(), 1_700_000_000_000),
    ]
    expect([...keys].reverse().sort()).toEqual(keys)
  })

  it.each(['', 's', 's|draft', 'x|1700000000000|id', 'other site’s'])(
    'takes %j for a key of somebody else',
    key => {
      expect(parseEventKey(key)).toBeUndefined()
    },
  )
})
