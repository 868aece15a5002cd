import type { Verdict } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import { nowMs } from '../boot/platform.js'
import { pageLocation } from '../capture/page-url.js'
import { mayRecord } from '../capture/privacy-signals.js'
import type { Courier } from '../courier/courier.js'
import { secondsOf } from '../courier/event-time.js'
import { surveySettings } from '../settings/survey-settings.js'
import { type State, UNHEARD_S } from '../storage/shared-state.js'
import { delayS } from '../survey-flow/delay.js'
import { type Draft, draftKey } from '../survey-flow/draft.js'
import { DAY_MS, isIgnored } from '../survey-flow/ignored.js'
import { isResponseWaiting } from '../survey-flow/is-response-waiting.js'
import { isAllowedHere } from '../survey-flow/page-rules.js'
import { type ExplainedGate, explainGate } from './gate-sentences.js'
import { probeProxy } from './probe-proxy.js'
import { readState } from './read-state.js'

/** Why a survey did or did not come: conditions of this page, then those of the proxy, in their order. */
export interface Explanation {
  /** Whether every gate is open. Where none of the page's is closed, the proxy is asked whether it can be reached. */
  survey: boolean
  gates: ExplainedGate[]
  /** What the proxy said last; absent before its first answer. */
  verdict?: Verdict
}

type Unexplained = Parameters<typeof explainGate>[0]

/** What has to be loaded for a survey; undefined where it can be. */
async function whatIsMissing({ load }: WidgetContext): Promise<string | undefined> {
  for (const name of ['scheduler', 'panel'] as const) {
    try {
      await load(name)
    } catch {
      return name
    }
  }
  return undefined
}

const gatesOfPage = ({ settings, gates }: WidgetContext): Unexplained[] => {
  const { consent, isOff, isMoment } = gates()
  const here = pageLocation()
  return [
    {
      gate: 'running',
      open: !isOff,
      value: navigator.webdriver && !settings.allowBots ? 'automated browser' : null,
    },
    { gate: 'consent', open: consent === 'granted', value: consent, needed: 'granted' },
    { gate: 'moment', open: isMoment, value: settings.eventName ?? null },
    { gate: 'page_allowed', open: isAllowedHere(settings, here), value: here.pathname },
  ]
}

/** Whether this visitor has left the survey alone so often that it counts as a decline. */
async function ignoredGate(
  { store }: Courier,
  state: State | undefined,
  { identityHash, settings }: Pick<WidgetContext, 'identityHash' | 'settings'>,
): Promise<Unexplained> {
  const draft = state && ((await store.get(draftKey(identityHash(), state.session))) as Draft | undefined)
  const { ignoredMs } = draft ?? {}
  return {
    gate: 'ignored',
    open: !draft || !isIgnored(draft, settings),
    value: ignoredMs === undefined ? null : Math.floor((Date.now() - ignoredMs) / DAY_MS),
    needed: settings.declineResurveyDays ?? 30,
  }
}

async function gatesOfDevice(
  context: WidgetContext,
  courier: Courier,
  state: State | undefined,
): Promise<Unexplained[]> {
  const { settings, identityHash, verdictMs } = context
  const { verdict, answeredS } = state?.known[identityHash()] ?? {}
  const nowS = secondsOf(courier.clock.moment())
  const sinceS = answeredS && nowS - answeredS
  const neededS = delayS(settings, { pageViews: context.pageViews(), isCalled: context.gates().isCalled })
  const passedS = verdictMs === undefined ? neededS : Math.floor((nowMs() - verdictMs) / 1_000)
  const missing = context.gates().isOff ? undefined : await whatIsMissing(context)
  return [
    { gate: 'opt_out', open: !state?.isOptedOut },
    {
      gate: 'answered_here',
      open: sinceS === undefined || sinceS >= UNHEARD_S || settings.surveyImmediately === true,
      value: sinceS ?? null,
      needed: UNHEARD_S,
    },
    await ignoredGate(courier, state, context),
    { gate: 'answer_delivered', open: !(state && (await isResponseWaiting(courier, identityHash()))) },
    ...(verdict?.survey
      ? [
          { gate: 'yes_still_holds', open: verdict.until >= nowS, value: verdict.until, needed: nowS },
          { gate: 'delay', open: passedS >= neededS, value: passedS, needed: neededS },
        ]
      : []),
    { gate: 'survey_loads', open: !missing, value: missing ?? null },
    { gate: 'page_views_recorded', open: true, value: String(mayRecord(settings)) },
  ]
}

export async function explain(given: WidgetContext, courier: Courier): Promise<Explanation> {
  const context = { ...given, settings: surveySettings(given.settings) }
  // Absent where none may be read: for want of consent, or after the widget's end.
  const state = await readState(context, courier)
  const verdict = state?.known[context.identityHash()]?.verdict
  const gates = [...gatesOfPage(context), ...(await gatesOfDevice(context, courier, state))]
  const isOpen = () => gates.every(({ open }) => open)
  const isAllowed = gates.every(({ gate, open }) => open || !/^(running|consent)$/.test(gate))
  const isProven = verdict?.gates && !verdict.survey
  // Asks the proxy where nothing else says why not: is it there, and does it believe the page?
  if (state && isAllowed && isOpen() && !isProven)
    gates.push(...(await probeProxy(context.url, { ...context.claim(), anonymous_id: state.anonymousId })))
  else gates.push({ gate: 'identity', open: true, value: verdict?.level ?? null })
  if (verdict?.gates) gates.push(...verdict.gates)
  else if (isOpen() && !verdict?.survey)
    gates.push({ gate: verdict ? 'proxy' : 'asked_for', open: false, value: verdict?.level ?? null })
  const survey = verdict?.survey === true && isOpen()
  return { survey, gates: gates.map(explainGate), ...(verdict && { verdict }) }
}
