import type { Verdict } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import { nowMs } from '../boot/platform.js'
import type { Courier } from '../courier/courier.js'
import { secondsOf } from '../courier/event-time.js'
import { surveySettings } from '../settings/survey-settings.js'
import { UNHEARD_S } from '../storage/shared-state.js'
import { delayS } from './delay.js'
import { isResponseWaiting } from './is-response-waiting.js'

/** So long an answer takes to be written, at most: a yes that comes meanwhile was given before it. */
const WRITING_MS = 1_000

/** The yes that waits until its time has come. */
export interface PendingYes {
  /** @returns whether there is one now, by this verdict or an earlier one; `isNew` where nothing waited before */
  take(verdict: Verdict, ripened: () => void): { isNew: boolean } | undefined
  /** Whether the question may come. Another page, or a call of the site's, ends a delay before its time. */
  isRipe(): boolean
  /** By what the proxy said last, to whichever tab; undefined where the visitor has answered since. */
  ticketNow(): Promise<string | undefined>
  /** It is used up. */
  drop(): void
  /** It is not to be acted on, and another one may be. */
  withdraw(): void
}

export function createPendingYes(context: WidgetContext, courier: Courier): PendingYes {
  const { identityHash } = context
  const { state, clock } = courier
  const settings = surveySettings(context.settings)
  let due: { isRipe: boolean } | undefined
  let endedMs = -Infinity

  const known = () => state.get().known[identityHash()] ?? {}

  /** @returns the ticket of a yes that still holds */
  const ticketOf = ({ survey, ticket, until = 0 }: Partial<Verdict> = {}): string | undefined => {
    const { answeredS = -Infinity } = known()
    const nowS = secondsOf(clock.moment())
    const isHeard = nowS - answeredS >= UNHEARD_S || settings.surveyImmediately
    return survey && until >= nowS && isHeard && !state.get().isOptedOut ? ticket : undefined
  }

  const delayMs = () =>
    delayS(settings, { pageViews: context.pageViews(), isCalled: context.gates().isCalled }) * 1_000

  return {
    take(verdict, ripened) {
      if (!ticketOf(verdict) || nowMs() - endedMs < WRITING_MS) return undefined
      if (due) return { isNew: false }
      const waiting = { isRipe: false }
      due = waiting
      context.verdictMs = nowMs()
      setTimeout(() => {
        waiting.isRipe = true
        ripened()
      }, delayMs())
      return { isNew: true }
    },
    isRipe: () => !!due && (due.isRipe || !delayMs()),
    ticketNow: async () =>
      (await isResponseWaiting(courier, identityHash())) ? undefined : due && ticketOf(known().verdict),
    drop() {
      due = undefined
      endedMs = nowMs()
    },
    withdraw() {
      due = undefined
    },
  }
}
