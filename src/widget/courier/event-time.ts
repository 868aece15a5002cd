import { DAY_S, EVENT_LIFE_DAYS } from '../../domain/retention.js'
import { type DeliveryEvent, MAX_CLOCK_ERROR_MS } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import { nowMs } from '../boot/platform.js'

/** A jump of the device's clock against the monotonic one that is more than drift: set by hand, or a long sleep. */
const JUMP_MS = 2_000
const DRIFT_S = 2
/** What a slow network takes for an answer of ours. */
const WAY_BACK_MS = 500
/** Nothing older is taken. */
export const MAX_AGE_S = EVENT_LIFE_DAYS * DAY_S

/** When an act happened, as far as this page can tell at that moment. */
export interface Moment {
  /** Milliseconds since 1970: corrected where `isKnown`, else by the device's clock. */
  atMs: number
  /** The device's clock less the monotonic one at the act. */
  originMs: number
  /** Whether it was known how far the device's clock is off. */
  isKnown: boolean
}

/** When an HTTP response came. */
export interface Heard {
  atMs: number
  originMs: number
}

/** The device's clock less the monotonic one. */
export const clockOrigin = (): number => Date.now() - nowMs()

/** By the device's clock alone. */
export const deviceMoment = (): Moment => ({ atMs: Date.now(), originMs: clockOrigin(), isKnown: false })

/**
 * The true time of an act, on devices whose clock is wrong or is set right in mid-page. The proxy's answers say how far
 * the clock is off; that knowledge is good until the clock jumps.
 */
export interface Clock {
  moment(): Moment
  /** What is left to say of an act that an earlier page, or another tab, stored. */
  past(at: UnixSeconds, isKnown?: boolean): Moment
  /**
   * Learns from an answer that has just come: the proxy's clock.
   *
   * @param sentMs when the request left, monotonic
   * @param sentOriginMs the device's clock less the monotonic one at that moment
   * @param heard when it was heard: by the device's clock, and that less the monotonic one. @default now
   */
  learn(proxyNowMs: number, sentMs: number, sentOriginMs: number, heard?: Heard): void
  /** Whether the offset is known, so that no batch needs to say when it was sent. */
  isKnown(): boolean
  /**
   * The second that an act is reported with. A repeated attempt says the same one, unless the clock is so wrong that the
   * proxy can't have taken the first.
   */
  settle(moment: Moment, isRepeated?: boolean): Pick<DeliveryEvent, 'at' | 'clamped' | 'corrected'>
}

export const secondsOf = ({ atMs }: Pick<Moment, 'atMs'>): UnixSeconds => Math.floor(atMs / 1_000)

/** Milliseconds until then; 0 where it is past, or so far off that the device's clock was set back meanwhile. */
export const timeLeft = (untilMs = 0, mostMs: number): number => {
  const ms = untilMs - Date.now()
  return ms > 0 && ms <= mostMs ? ms : 0
}

export function createClock(): Clock {
  let offsetMs = 0
  let learnedOriginMs = Infinity

  const isKnown = () => Math.abs(clockOrigin() - learnedOriginMs) < JUMP_MS
  const correctionMs = () => (isKnown() ? offsetMs : 0)

  const moment = (): Moment => ({
    atMs: Date.now() + correctionMs(),
    originMs: clockOrigin(),
    isKnown: isKnown(),
  })

  return {
    isKnown,
    moment,
    // Of what is known to the second only, the middle is the best guess.
    past: (at, isKnown = false) => ({ atMs: at * 1_000 + 500, originMs: clockOrigin(), isKnown }),
    learn: (proxyNowMs, sentMs, sentOriginMs, heard = deviceMoment()) => {
      // The device slept, or its clock was set, while the answer was on its way: that tells of neither.
      if (Math.abs(heard.originMs - sentOriginMs) >= JUMP_MS) return
      learnedOriginMs = heard.originMs
      const sinceSentMs = proxyNowMs - (learnedOriginMs + sentMs)
      const untilHereMs = heard.atMs - proxyNowMs
      // An answer may take ten seconds to be made: what lies between the two tells of no clock that is wrong. Their sum
      // is that time, so that one of them at most is negative. The proxy looks at its clock last: the way back is short.
      offsetMs =
        sinceSentMs * untilHereMs < 0
          ? Math.min((sinceSentMs + untilHereMs) / 2, WAY_BACK_MS) - untilHereMs
          : 0
    },
    settle: ({ atMs, originMs: actOriginMs, isKnown: wasKnown }, isRepeated) => {
      // A clock that went back since the act was set right, so the monotonic clock says how long ago the act was. One
      // that went forward is taken for a sleep, through which monotonic clocks stand still in some browsers.
      const error = correctionMs() + Math.min(clockOrigin() - actOriginMs, 0)
      const isRight = wasKnown || (isRepeated && Math.abs(error) <= MAX_CLOCK_ERROR_MS)
      const act = secondsOf({ atMs: isRight ? atMs : atMs + error })
      const now = secondsOf(moment())
      const latest = isRepeated ? now + MAX_CLOCK_ERROR_MS / 1_000 : now
      const at = act <= latest ? Math.max(act, now - MAX_AGE_S) : now
      // An offset that is learned anew may differ by the network's whim: that is no clock that can't be trusted.
      return {
        at,
        clamped: Math.abs(at - act) > DRIFT_S || undefined,
        // What the proxy made of the first attempt's time can't be known to the second.
        corrected: (isRepeated && !isRight) || undefined,
      }
    },
  }
}
