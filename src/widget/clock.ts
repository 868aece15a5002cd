import type { UnixSeconds } from '../wire/v1.js'

/** A jump of the device's clock against the monotonic one that is more than drift: set by hand, or a long sleep. */
const JUMP_MS = 2_000
const MAX_AGE_S = 60 * 86_400

/** When an act happened, as far as this page can tell at that moment. */
export interface Moment {
  /** Milliseconds since 1970: corrected where `settled`, else by the device's clock. */
  atMs: number
  /** The device's clock less the monotonic one at the act. */
  originMs: number
  settled: boolean
}

/**
 * The true time of an act, on devices whose clock is wrong or set right in mid-page. The proxy's answers say how far the
 * clock is off; that knowledge is good until the clock jumps.
 */
export interface Clock {
  moment(): Moment
  /** What is left to say of an act that an earlier page, or another tab, stored unsettled. */
  past(at: UnixSeconds): Moment
  /** Learns from an answer: the proxy's clock, and when the request left and the answer came (monotonic). */
  learn(proxyNowMs: number, sentMs: number, receivedMs: number): void
  /** Whether the offset is known, so that no batch needs to say when it was sent. */
  isKnown(): boolean
  /** Device clock, corrected as far as it is known; milliseconds. */
  nowMs(): number
  /**
   * The second that an act is reported with, decided once before the first attempt.
   *
   * A clock that went back since the act was set right, so the monotonic clock tells how long ago the act was. One that
   * went forward is taken for a sleep, through which monotonic clocks stand still in some browsers.
   */
  settle(moment: Moment): { at: number; clamped?: true }
}

export function createClock(): Clock {
  const originMs = () => Date.now() - performance.now()
  let offsetMs = 0
  let learnedAtOriginMs: number | undefined

  const isKnown = () => learnedAtOriginMs !== undefined && Math.abs(originMs() - learnedAtOriginMs) < JUMP_MS
  const nowMs = () => Date.now() + (isKnown() ? offsetMs : 0)

  return {
    isKnown,
    nowMs,
    past: at => ({ atMs: at * 1_000, originMs: originMs(), settled: false }),
    moment: () => ({ atMs: nowMs(), originMs: originMs(), settled: isKnown() }),
    learn: (proxyNowMs, sentMs, receivedMs) => {
      learnedAtOriginMs = originMs()
      offsetMs = proxyNowMs - (learnedAtOriginMs + (sentMs + receivedMs) / 2)
    },
    settle: ({ atMs, originMs: then, settled }) => {
      const wentBackMs = Math.min(0, originMs() - then)
      const actMs = settled
        ? atMs
        : atMs + (wentBackMs < -JUMP_MS ? wentBackMs : 0) + (isKnown() ? offsetMs : 0)
      const nowS = Math.floor(nowMs() / 1_000)
      const act = Math.floor(actMs / 1_000)
      // An offset that is learned anew may differ by the network's whim: that is no clock that can't be trusted.
      if (act > nowS && act <= nowS + JUMP_MS / 1_000) return { at: nowS }
      const at = Math.min(Math.max(act, nowS - MAX_AGE_S), nowS)
      return at === act ? { at } : { at, clamped: true }
    },
  }
}
