import type { Gate } from '../../wire/delivery.js'
import { identitySentence, refusalSentence } from './refusal-sentences.js'

/** A condition of this page's or of the proxy's, and what it means for whoever runs the site. */
export interface ExplainedGate extends Omit<Gate, 'gate'> {
  gate: string
  /** Of `value` and `needed`, where they are numbers. */
  unit?: 'seconds' | 'unix seconds' | 'days' | 'percent' | 'page views' | 'HTTP status'
  /** What holds, and where the gate is closed what to do. */
  sentence: string
}

const UNITS = new Map<string, NonNullable<ExplainedGate['unit']>>([
  ['answered_here', 'seconds'],
  ['delay', 'seconds'],
  ['ignored', 'days'],
  ['yes_still_holds', 'unix seconds'],
  ['first_survey', 'days'],
  ['resurvey_response', 'days'],
  ['resurvey_decline', 'days'],
  ['sampling', 'percent'],
  ['page_views', 'page views'],
  ['proxy_reached', 'HTTP status'],
])

type Closed = Pick<Gate, 'value' | 'needed'>

/** Why each is closed, and what to do. No object: the build shortens such names as `moment` where they are properties. */
const CLOSED = new Map<string, (gate: Closed) => string>([
  [
    'running',
    ({ value }) =>
      value
        ? 'This is an automated browser, in which nothing is recorded or asked: set allowBots to try it.'
        : 'The widget has been stopped on this page: load the page again.',
  ],
  [
    'consent',
    ({ value }) =>
      value === 'refused'
        ? 'Consent was refused, so nothing is recorded or asked until consent(true).'
        : 'Consent has not been given yet: call consent(true) once it is.',
  ],
  ['opt_out', () => 'This visitor has asked not to be asked again. That is for good.'],
  [
    'moment',
    ({ value }) =>
      value
        ? `The question waits for the event “${value}”: call event('${value}').`
        : 'The question waits for survey(), since autoSurvey is false.',
  ],
  [
    'page_allowed',
    ({ value }) =>
      `includePages or excludePages keep the question from ${value}: open another page, or change them.`,
  ],
  [
    'survey_loads',
    ({ value }) =>
      `The survey’s files can’t be loaded (${value}): see that the content security policy allows scripts of 'self', and that all files under the proxy’s path are served.`,
  ],
  [
    'answered_here',
    ({ value, needed }) =>
      `This visitor answered ${value} s ago on this device; another question comes after ${needed} s at the soonest. surveyImmediately passes over it.`,
  ],
  [
    'ignored',
    ({ value, needed }) =>
      `This visitor has left the survey alone on several pages, ${value} days ago, which counts as a decline (ignoredAfterPages); they are asked again after ${needed} days (declineResurveyDays).`,
  ],
  [
    'answer_delivered',
    () =>
      'An answer of this visitor’s still waits to be delivered; until then they are not asked again. queue.inspect() says since when.',
  ],
  [
    'yes_still_holds',
    () => 'The proxy’s yes has run out: the next page view, or survey(), asks for another one.',
  ],
  [
    'delay',
    ({ value, needed }) =>
      `timeDelay is running: ${value} s of ${needed} s have passed since the proxy’s yes, ${Number(needed) - Number(value)} s are left. delayPages says on which page it comes at once.`,
  ],
  ['proxy_reached', ({ value }) => refusalSentence(value)],
  ['identity', ({ value }) => identitySentence(value)],
  [
    'proxy',
    ({ value }) =>
      `The proxy does not ask this visitor now${value ? `, whose identity is ${value}` : ''}. It says why only of visitors whose identity is proven: give an identity token, or see its sampling and resurvey settings.`,
  ],
  [
    'asked_for',
    () => 'The proxy has not said yet whether to ask: try again in a few seconds, or call survey().',
  ],
  [
    'first_survey',
    ({ value, needed }) =>
      `This visitor signed up ${value} days ago, and is asked after ${needed} at the soonest (firstSurveyDays).`,
  ],
  [
    'resurvey_response',
    ({ value, needed }) =>
      `This visitor’s last answer was ${value} days ago; they are asked again after ${needed} (resurveyDays).`,
  ],
  [
    'resurvey_decline',
    ({ value, needed }) =>
      `This visitor declined ${value} days ago; they are asked again after ${needed} (declineResurveyDays).`,
  ],
  [
    'sampling',
    ({ value, needed }) =>
      `${needed} % of visitors are asked, and this one, at ${value} %, is not among them (registeredPercent, visitorPercent).`,
  ],
  [
    'page_views',
    ({ value, needed }) =>
      `This visitor has seen ${value} of the ${needed} pages that come before the question (minPageViews).`,
  ],
  [
    'properties',
    ({ value, needed }) =>
      `The property ${needed} of this visitor’s is “${value}”, with which the proxy’s rules ask nobody.`,
  ],
])

/** With its unit, and a sentence that a person understands. */
export function explainGate(gate: Omit<ExplainedGate, 'unit' | 'sentence'>): ExplainedGate {
  const name = gate.gate.replaceAll('_', ' ')
  const unit = UNITS.get(gate.gate)
  return {
    ...gate,
    ...(unit && { unit }),
    sentence: gate.open
      ? `“${name}” does not stand in the way.`
      : (CLOSED.get(gate.gate)?.(gate) ?? `“${name}” stands in the way.`),
  }
}
