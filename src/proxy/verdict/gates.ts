import { DAY_S } from '../../domain/retention.js'
import { type Gate, MAX_SESSION_PAGE_VIEWS, type VerdictRequest } from '../../wire/delivery.js'
import type { Properties } from '../../wire/v1.js'
import { IGNORED_PROPERTY, OPT_OUT_PROPERTY } from '../delivery/reserved-properties.js'
import type { KnownAnswers } from '../end-users/known-end-user.js'
import type { Subject } from '../identity/identity.js'
import { subjectKey } from '../identity/identity.js'
import { samplePosition } from './sampling.js'
import { fulfils, type VerdictRules } from './verdict-rules.js'

/** What is known of a visitor when the verdict is given. */
export interface Circumstances {
  subject: Subject
  nowS: number
  ask: VerdictRequest
  /** As merged: the site's, and what the page asked besides. */
  rules: VerdictRules
  /** The host's own record of the visitor's consent; undefined where it keeps none. */
  hostConsent: boolean | undefined
  externalCreatedAt: number | null
  properties: Properties
  /** False where upstream itself says that the end user is not to be asked on pages. */
  mayBeAsked: boolean
  /** Null: not known, as where upstream has none or does not count them. */
  pageViews: number | null
  answers: KnownAnswers
  lastSurveyedS: number
}

const daysSince = (nowS: number, thenS: number | null): number | null =>
  thenS ? Math.floor((nowS - thenS) / DAY_S) : null

/** Open once `needed` days have passed since `thenS`; also where it never was. */
function delay(gate: Gate['gate'], nowS: number, thenS: number | null, neededDays: number): Gate {
  const open = !thenS || nowS - thenS >= neededDays * DAY_S
  return { gate, open, value: daysSince(nowS, thenS), needed: neededDays }
}

/** The visitor's own, or this device's session's where those are more: who is here was perhaps said after them. */
const pageViewsOf = ({ pageViews, ask: { session_page_views = 0 } }: Circumstances): number | null =>
  pageViews === null ? null : Math.max(pageViews, Math.min(session_page_views, MAX_SESSION_PAGE_VIEWS))

/** Every gate in its order, each by itself. A survey is shown where all are open. */
export function evaluateGates(circumstances: Circumstances): Gate[] {
  const { subject, nowS, ask, rules, answers, lastSurveyedS, properties } = circumstances
  const refused = circumstances.hostConsent === false || ask.consent_refused === true
  const optedOut = ask.opted_out === true || !circumstances.mayBeAsked || isSet(properties[OPT_OUT_PROPERTY])
  // Surveyed by other means (an import, another channel): upstream has the date, and no record of what came of it.
  const otherwiseS = lastSurveyedS > Math.max(answers.responseS, answers.declineS) ? lastSurveyedS : 0
  const percent = subject.level === 'anonymous' ? rules.visitorPercent : rules.registeredPercent
  const period = Math.floor(nowS / (Math.max(rules.resurveyDays, 1) * DAY_S))
  const position = samplePosition(subjectKey(subject), period)
  const pageViews = ask.no_page_views ? null : pageViewsOf(circumstances)
  // A survey that was ignored is no record of upstream's; it keeps the next one off as a decline does.
  const declinedS = Math.max(answers.declineS, Number(properties[IGNORED_PROPERTY]) || 0)
  const broken = rules.properties.find(rule => !fulfils(properties, rule))
  return [
    { gate: 'consent', open: !refused, value: refused ? 'refused' : 'granted', needed: 'granted' },
    { gate: 'opt_out', open: !optedOut, value: optedOut ? 'opted_out' : null, needed: null },
    delay('first_survey', nowS, circumstances.externalCreatedAt, rules.firstSurveyDays),
    delay('resurvey_response', nowS, Math.max(answers.responseS, otherwiseS), rules.resurveyDays),
    delay('resurvey_decline', nowS, declinedS, rules.declineResurveyDays),
    { gate: 'sampling', open: position < percent, value: Math.floor(position * 100) / 100, needed: percent },
    {
      gate: 'page_views',
      open: pageViews === null || pageViews >= rules.minPageViews,
      value: pageViews,
      needed: rules.minPageViews,
    },
    {
      gate: 'properties',
      open: broken === undefined,
      value: broken ? String(properties[broken.property] ?? '') : null,
      needed: broken?.property ?? null,
    },
  ]
}

const isSet = (value: Properties[string] | undefined): boolean =>
  value === true || value === 1 || value === 'true' || value === '1'

/** Opens what `survey_immediately` may open: all but what the visitor has refused. */
export const openForTesting = (gates: readonly Gate[]): Gate[] =>
  gates.map(gate => (gate.gate === 'consent' || gate.gate === 'opt_out' ? gate : { ...gate, open: true }))
