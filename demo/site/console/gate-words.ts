import type { Explanation } from 'zeroten'

type Gate = Explanation['gates'][number]

const MINUTE_S = 60
const clockTime = (unixS: number): string => new Date(unixS * 1_000).toLocaleTimeString('en-GB')

function delayWords(what: string, { open, value, needed }: Gate): string {
  if (value === null || value === undefined) return `${what}: never, so there is nothing to wait for.`
  return `${what}: ${value} days ago; ${open ? 'enough' : 'too early'}, ${needed} are needed.`
}

/** What each gate says in words. One that is not here is told by the widget’s own sentence. */
const WORDS: Readonly<Record<string, (gate: Gate) => string>> = {
  running: ({ open, value }) =>
    open ? 'The script runs on this page.' : `The script does not run here${value ? `: ${value}` : ''}.`,
  consent: ({ open, value }) =>
    open
      ? 'Consent is given.'
      : value === 'refused'
        ? 'Consent is refused.'
        : 'Waiting for consent: until then nothing is stored or sent.',
  opt_out: ({ open }) =>
    open ? 'The visitor has not opted out.' : 'The visitor has opted out; nobody asks again.',
  moment: ({ open, value }) => {
    if (!value) return open ? 'The page may ask at any moment.' : 'The page asks on demand only.'
    return open ? `The event “${value}” has happened.` : `Waiting for the event “${value}”.`
  },
  page_allowed: ({ open, value }) =>
    open ? 'The question may come on this page.' : `The question does not come on ${value}.`,
  ignored: ({ open, value, needed }) =>
    open
      ? 'The question was not left alone on several pages.'
      : `The question was left alone on several pages ${value} days ago; it comes again after ${needed}.`,
  delay: ({ open, value, needed }) =>
    open
      ? 'Enough time has passed since the proxy’s yes.'
      : `${value} s of ${needed} s have passed since the proxy’s yes.`,
  survey_loads: ({ open, value }) =>
    open ? 'The survey’s files can be loaded.' : `The survey’s files can’t be loaded: ${value}.`,
  proxy_reached: ({ open, value }) =>
    open ? 'The proxy can be reached.' : `The proxy can’t be reached${value ? `: status ${value}` : ''}.`,
  asked_for: ({ open }) =>
    open ? 'The proxy has been asked.' : 'The proxy has not said yet whether to ask.',
  identity: ({ open, value, sentence }) =>
    !open
      ? sentence
      : value === 'proven'
        ? 'The site’s server has proven who this is.'
        : 'An anonymous visitor.',
  answered_here: ({ open, value, needed }) => {
    if (open) return 'No answer from this device in the last minutes.'
    return `Answered on this device ${value} s ago; it waits ${Number(needed) / MINUTE_S} min for the API to know.`
  },
  answer_delivered: ({ open }) =>
    open ? 'No answer waits to be delivered.' : 'An answer still waits to be delivered.',
  yes_still_holds: ({ open, value }) =>
    open
      ? `The proxy’s yes holds until ${clockTime(Number(value))}.`
      : `The proxy’s yes ran out at ${clockTime(Number(value))}.`,
  page_views_recorded: ({ value }) =>
    value === 'true'
      ? 'Page views are recorded.'
      : 'Page views are not recorded: the browser asks not to be followed.',
  proxy: ({ open }) =>
    open
      ? 'The proxy says yes.'
      : 'The proxy says no: answered or declined lately, not chosen, or too few page views.',
  first_survey: gate => delayWords('Signed up', gate),
  resurvey_response: gate => delayWords('Last answer', gate),
  resurvey_decline: gate => delayWords('Last refusal', gate),
  sampling: ({ open, value, needed }) =>
    `Drew number ${value} of 100: ${open ? 'chosen' : 'not chosen'}, those below ${needed} are asked.`,
  page_views: ({ value, needed }) =>
    value === null || value === undefined
      ? 'Page views are not counted here.'
      : `Page views: ${value}, at least ${needed} needed.`,
  properties: ({ open, value, needed }) =>
    open
      ? 'No rule about the visitor’s properties is broken.'
      : `The rule about “${needed}” is broken: it is “${value}”.`,
}

/** One gate as a sentence. */
export const describeGate = (gate: Gate): string => WORDS[gate.gate]?.(gate) ?? gate.sentence
