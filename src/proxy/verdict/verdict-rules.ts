import type { VerdictRequest } from '../../wire/delivery.js'
import type { Properties } from '../../wire/v1.js'

/** A condition on one property of the end user; all that is given must hold. An absent property fulfils only `isNot`. */
export interface PropertyRule {
  property: string
  /** One of these values. */
  is?: readonly (string | number | boolean)[]
  /** None of these values. */
  isNot?: readonly (string | number | boolean)[]
  /** A number, this or more. */
  atLeast?: number
  /** A number, this or less. */
  atMost?: number
}

/** Who is asked, and when. */
export interface VerdictRules {
  /** Days from sign-up to the first survey, where sign-up is known. @default 30 */
  firstSurveyDays: number
  /** Days from a response to the next survey. @default 90 */
  resurveyDays: number
  /** Days from a decline to the next survey. @default 30 */
  declineResurveyDays: number
  /** 0 to 100: how many of the visitors who have an identity are asked. @default 100 */
  registeredPercent: number
  /** 0 to 100: how many of the anonymous visitors are asked. @default 100 */
  visitorPercent: number
  /** Page views before the first survey, where page views are recorded. @default 1 */
  minPageViews: number
  /** Whom to ask; all must hold. @default [] */
  properties: readonly PropertyRule[]
  /** Lets a page's own numbers count as they are, where they would ask more often than these. @default false */
  pageMayLoosen: boolean
}

export const DEFAULT_RULES: VerdictRules = {
  firstSurveyDays: 30,
  resurveyDays: 90,
  declineResurveyDays: 30,
  registeredPercent: 100,
  visitorPercent: 100,
  minPageViews: 1,
  properties: [],
  pageMayLoosen: false,
}

/** The site's rules, and what the page asks besides: it may be stricter, and laxer only with leave. */
export function mergeRules(rules: VerdictRules, ask: VerdictRequest): VerdictRules {
  const merge = (ours: number, asked: number | undefined, stricter: (a: number, b: number) => number) =>
    asked === undefined ? ours : rules.pageMayLoosen ? asked : stricter(ours, asked)
  return {
    ...rules,
    firstSurveyDays: merge(rules.firstSurveyDays, ask.first_survey_days, Math.max),
    resurveyDays: merge(rules.resurveyDays, ask.resurvey_days, Math.max),
    declineResurveyDays: merge(rules.declineResurveyDays, ask.decline_resurvey_days, Math.max),
    registeredPercent: merge(rules.registeredPercent, ask.registered_percent, Math.min),
    visitorPercent: merge(rules.visitorPercent, ask.visitor_percent, Math.min),
    minPageViews: merge(rules.minPageViews, ask.min_page_views, Math.max),
  }
}

/** Whether somebody's properties fulfil a rule. */
export function fulfils(properties: Properties, rule: PropertyRule): boolean {
  const value = Object.hasOwn(properties, rule.property)
    ? (properties[rule.property] ?? undefined)
    : undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const isWithin = (isIt: (number: number) => boolean) => typeof number === 'number' && isIt(number)
  const { is, isNot, atLeast, atMost } = rule
  return (
    (is === undefined || (value !== undefined && is.includes(value))) &&
    (isNot === undefined || value === undefined || !isNot.includes(value)) &&
    (atLeast === undefined || isWithin(n => n >= atLeast)) &&
    (atMost === undefined || isWithin(n => n <= atMost))
  )
}
