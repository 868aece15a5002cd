import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Clock, createClock } from '../../../src/widget/courier/event-time.js'

const NOON = Date.UTC(2026, 5, 1, 12)
const DAY_MS = 86_400_000

/** The device's two clocks and the proxy's, moved by hand. */
let wallMs: number
let monotonicMs: number
let trueMs: number

const pass = (ms: number) => {
  wallMs += ms
  monotonicMs += ms
  trueMs += ms
}

/** A laptop's lid: the monotonic clock stands still. */
const sleep = (ms: number) => {
  wallMs += ms
  trueMs += ms
}

const answerArrives = (clock: Clock) => {
  const sentMs = monotonicMs
  const { originMs } = clock.moment()
  pass(100)
  const proxyNowMs = trueMs
  pass(100)
  clock.learn(proxyNowMs, sentMs, originMs)
}

const seconds = (ms: number) => Math.floor(ms / 1_000)

beforeEach(() => {
  wallMs = trueMs = NOON
  monotonicMs = 5_000
  vi.spyOn(Date, 'now').mockImplementation(() => wallMs)
  vi.spyOn(performance, 'now').mockImplementation(() => monotonicMs)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the time of an act', () => {
  it('is the device’s where nothing better is known', () => {
    const clock = createClock()
    const act = clock.moment()
    pass(60_000)
    expect(clock.settle(act)).toEqual({ at: seconds(NOON) })
  })

  it.each([3 * DAY_MS, -3 * DAY_MS])(
    'is corrected where the clock is off by %d ms and the proxy has said so',
    off => {
      wallMs += off
      const clock = createClock()
      const act = clock.moment()
      const actMs = trueMs
      pass(60_000)
      answerArrives(clock)
      expect(clock.settle(act)).toEqual({ at: seconds(actMs) })
      expect(clock.settle(clock.moment()).at).toBe(seconds(trueMs))
    },
  )

  it('is the device’s where an answer took long to be made, and its clock may well be right', () => {
    const clock = createClock()
    const act = clock.moment()
    const sentMs = monotonicMs
    // The proxy waited for the API, and looked at its clock last.
    pass(12_000)
    clock.learn(trueMs, sentMs, act.originMs)
    expect(clock.settle(act, true)).toEqual({ at: seconds(NOON) })
    expect(clock.settle(clock.moment()).at).toBe(seconds(trueMs))
  })

  it.each([-300, 3 * DAY_MS, -3 * DAY_MS])(
    'is right to two seconds where the clock is off by %d ms and the answer that said so took long to be made',
    off => {
      wallMs += off
      const clock = createClock()
      const sentMs = monotonicMs
      const { originMs } = clock.moment()
      pass(10_000)
      const proxyNowMs = trueMs
      pass(50)
      clock.learn(proxyNowMs, sentMs, originMs)
      pass(60_000)
      const { atMs, isKnown } = clock.moment()
      expect(isKnown).toBe(true)
      expect(Math.abs(atMs - trueMs)).toBeLessThan(2_000)
    },
  )

  it('is exact where a fast clock was set right between act and flush, in one page’s life', () => {
    wallMs += 3 * DAY_MS
    const clock = createClock()
    const act = clock.moment()
    pass(10_000)
    wallMs = trueMs
    pass(10_000)
    expect(clock.settle(act)).toEqual({ at: seconds(NOON) })
  })

  it('is exact where the clock was set after an answer had told how far it was off', () => {
    wallMs -= 3 * DAY_MS
    const clock = createClock()
    answerArrives(clock)
    const actMs = trueMs
    const act = clock.moment()
    wallMs = trueMs
    pass(10_000)
    expect(clock.settle(act)).toEqual({ at: seconds(actMs) })
  })

  it('is exact where the device slept between act and flush', () => {
    const clock = createClock()
    const act = clock.moment()
    sleep(8 * 3_600_000)
    answerArrives(clock)
    expect(clock.settle(act)).toEqual({ at: seconds(NOON) })
  })

  it('is clamped and marked where it lies in the future and nothing tells why', () => {
    wallMs += 3 * DAY_MS
    const act = seconds(wallMs)
    wallMs = trueMs
    const clock = createClock()
    expect(clock.settle(clock.past(act))).toEqual({ at: seconds(NOON), clamped: true })
  })

  it('is clamped and marked where it is older than 60 days', () => {
    const clock = createClock()
    expect(clock.settle(clock.past(seconds(NOON) - 61 * 86_400))).toEqual({
      at: seconds(NOON) - 60 * 86_400,
      clamped: true,
    })
  })

  it('stays what it was once it is settled, whatever is learned later', () => {
    const clock = createClock()
    wallMs += DAY_MS
    expect(clock.settle(clock.past(seconds(NOON), true))).toEqual({ at: seconds(NOON) })
    wallMs -= DAY_MS
    answerArrives(clock)
    expect(clock.settle(clock.past(seconds(NOON), true))).toEqual({ at: seconds(NOON) })
  })

  it('is not known any more once the clock has jumped', () => {
    const clock = createClock()
    expect(clock.isKnown()).toBe(false)
    answerArrives(clock)
    expect(clock.isKnown()).toBe(true)
    pass(3_600_000)
    expect(clock.isKnown()).toBe(true)
    sleep(60_000)
    expect(clock.isKnown()).toBe(false)
  })
})
