import { DAY_S } from '../../domain/retention.js'
import type { Verdict, VerdictRequest } from '../../wire/delivery.js'
import type { Answers } from '../delivery/answers.js'
import type { CollectionSupport } from '../delivery/collection-support.js'
import { isOwnProperty } from '../delivery/reserved-properties.js'
import type { EndUsers } from '../end-users/end-users.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import type { Identity } from '../identity/identity.js'
import type { Tickets } from '../identity/tickets.js'
import type { Metrics } from '../metrics.js'
import type { EndUserSettings } from './end-user-settings.js'
import { type Circumstances, evaluateGates, openForTesting } from './gates.js'
import { mergeRules, type VerdictRules } from './verdict-rules.js'

/** For how long a page may act on a yes, also offline; and for how long it need not ask again after a no. */
const YES_S = DAY_S
const NO_S = 600

export interface GiveVerdictOptions {
  endUsers: EndUsers
  answers: Answers
  tickets: Tickets
  support: CollectionSupport
  settings: EndUserSettings
  metrics: Metrics
  rules: VerdictRules
  allowImmediate: boolean
  now: () => number
}

export interface Question {
  identity: Identity
  ask: VerdictRequest
  hostConsent: boolean | undefined
}

const NEVER = { fromS: 0, responseS: 0, declineS: 0 }

/**
 * What is said now of somebody who is proven goes before what upstream was told once: an act would bring it there. Of all
 * others, upstream knows better than the page.
 */
function descriptionOf(
  { subject, externalCreatedAt, properties }: Identity,
  endUser: KnownEndUser | undefined,
): Pick<Circumstances, 'externalCreatedAt' | 'properties'> {
  const upstream = endUser?.properties ?? {}
  if (subject.level !== 'proven')
    return {
      externalCreatedAt: endUser?.externalCreatedAt ?? externalCreatedAt ?? null,
      properties: { ...properties, ...upstream },
    }
  const own = Object.entries(upstream).filter(([name]) => isOwnProperty(name))
  return {
    externalCreatedAt: externalCreatedAt ?? endUser?.externalCreatedAt ?? null,
    properties: { ...upstream, ...properties, ...Object.fromEntries(own) },
  }
}

/** Decides whether a visitor is asked now. Creates nobody. Rejects with the client's errors. */
export type GiveVerdict = (question: Question) => Promise<Verdict>

export function createGiveVerdict(options: GiveVerdictOptions): GiveVerdict {
  const { endUsers, answers, tickets, support, settings, metrics, allowImmediate, now } = options

  return async ({ identity, ask, hostConsent }) => {
    const { subject } = identity
    const nowS = Math.floor(now() / 1_000)
    const rules = mergeRules(options.rules, ask)
    const windowFromS = nowS - Math.ceil(Math.max(rules.resurveyDays, rules.declineResurveyDays) * DAY_S)
    const endUser = await endUsers.find(subject)
    const known = endUser ? await answers.latest(subject, endUser, Math.max(0, windowFromS)) : NEVER
    const mayBeAsked = endUser ? await settings.allowAsking(subject, endUser) : true
    const lastSurveyedS = endUser?.lastSurveyedS ?? 0
    const judged = evaluateGates({
      subject,
      nowS,
      ask,
      rules,
      hostConsent,
      mayBeAsked,
      ...descriptionOf(identity, endUser),
      pageViews: support.isMissing ? null : endUser ? endUser.pageViews : 0,
      answers: known,
      lastSurveyedS,
    })
    const immediate = ask.survey_immediately === true && allowImmediate
    const gates = immediate ? openForTesting(judged) : judged
    const survey = gates.every(({ open }) => open)
    metrics.verdict(survey)
    const answeredS = Math.max(known.responseS, known.declineS)
    const occasion = { sinceS: Math.max(answeredS, windowFromS, 0), answeredS, immediate }
    return {
      survey,
      ...(survey && { ticket: await tickets.yes(subject, occasion) }),
      ...(subject.level === 'proven' && { gates }),
      level: subject.level,
      until: nowS + (survey ? YES_S : NO_S),
    }
  }
}
