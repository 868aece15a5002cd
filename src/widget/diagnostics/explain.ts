import type { Gate, Verdict } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import { mayRecord } from '../capture/privacy-signals.js'
import type { Courier } from '../courier/courier.js'
import { secondsOf } from '../courier/event-time.js'
import { UNHEARD_S } from '../storage/shared-state.js'
import { isResponseWaiting } from '../survey-flow/is-response-waiting.js'
import { readState } from './read-state.js'

/** Why a survey did or did not come: conditions of this page, then those of the proxy, in their order. */
export interface Explanation {
  /** Whether every gate is open. */
  survey: boolean
  gates: (Omit<Gate, 'gate'> & { gate: string })[]
  /** What the proxy said last; absent before its first answer. */
  verdict?: Verdict
}

export async function explain(context: WidgetContext, courier: Courier): Promise<Explanation> {
  const { settings, identityHash } = context
  const { consent, isOff, isMoment } = context.gates()
  const state = await readState(context, courier)
  const { verdict, answeredS } = state?.known[identityHash()] ?? {}
  const nowS = secondsOf(courier.clock.moment())
  const sinceS = answeredS && nowS - answeredS
  const gates: Explanation['gates'] = [
    { gate: 'running', open: !isOff, value: navigator.webdriver ? 'automated browser' : null },
    { gate: 'consent', open: consent === 'granted', value: consent, needed: 'granted' },
    { gate: 'opt_out', open: !state?.isOptedOut },
    { gate: 'moment', open: isMoment, value: settings.eventName ?? null },
    { gate: 'identity', open: true, value: verdict?.level ?? null },
    {
      gate: 'answered_here',
      open: sinceS === undefined || sinceS >= UNHEARD_S || settings.surveyImmediately === true,
      value: sinceS ?? null,
      needed: UNHEARD_S,
    },
    { gate: 'answer_delivered', open: !(state && (await isResponseWaiting(courier, identityHash()))) },
    ...(verdict?.survey
      ? [{ gate: 'yes_still_holds', open: verdict.until >= nowS, value: verdict.until }]
      : []),
    { gate: 'page_views_recorded', open: true, value: String(mayRecord(settings)) },
    ...(verdict?.gates ?? (verdict ? [{ gate: 'proxy', open: verdict.survey }] : [])),
  ]
  const survey = verdict?.survey === true && gates.every(({ open }) => open)
  return { survey, gates, ...(verdict && { verdict }) }
}
