import { eventWords } from './event-words.js'

/** The widget's own events in plain words: what the log shows. */
export interface Happening {
  /** `HH:MM:SS` of this device. */
  time: string
  name: string
  words: string
}

interface Detail {
  type?: string
  score?: number
  reason?: string
  status?: string
  survey?: boolean
  pageViews?: number
  answers?: number
  error?: { code?: string }
}

const WORDS: Record<string, (detail: Detail) => string> = {
  verdict: ({ survey }) => (survey ? 'the proxy says: ask' : 'the proxy says: do not ask'),
  show: () => 'the question is on the screen',
  score: ({ score }) => `${score} was chosen; it counts from now on`,
  response: ({ score }) => `${score} was sent`,
  decline: () => 'closed without a score',
  queued: ({ type = '' }) => `${eventWords(type)} stored on this device`,
  delivered: ({ type = '', status }) =>
    `${eventWords(type)} is in the API${status === 'duplicate' ? ' (it was already)' : ''}`,
  rejected: ({ type = '', reason }) => `${eventWords(type)} refused: ${reason}`,
  evicted: ({ pageViews = 0, answers = 0 }) =>
    `${pageViews} page views and ${answers} answers had to make room`,
  error: ({ error }) => `something went wrong: ${error?.code ?? 'unknown'}`,
  close: ({ reason }) => `the panel is gone (${reason})`,
}

export const HAPPENINGS = Object.keys(WORDS)

export function describe(name: string, detail: unknown): Happening {
  return {
    time: new Date().toLocaleTimeString('en-GB'),
    name,
    words: WORDS[name]?.((detail ?? {}) as Detail) ?? name,
  }
}
