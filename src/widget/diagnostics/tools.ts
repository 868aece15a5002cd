/**
 * What is asked for by people, not by page views: a look at the queue, sending dead letters again, why there was or was
 * not a survey, and forgetting. A chunk of its own.
 */
import type { Gate, Verdict } from '../../wire/delivery.js'
import type { Lent } from '../boot/chunks.js'
import { mayRecord } from '../capture/page-views.js'
import { type EventKey, parseEventKey } from '../courier/event-key.js'
import { MAX_AGE_S, secondsOf } from '../courier/event-time.js'
import { DEAD, type DeadLetter, evict } from '../courier/failure-policy.js'
import type { StoredEvent } from '../courier/queue.js'
import type { Store } from '../courier/store.js'
import { type State, UNHEARD_S } from '../storage/shared-state.js'
import { isAnswerWaiting } from '../survey-flow/is-response-waiting.js'

export { bury, care, keepRest, makeRoom, told } from '../courier/failure-policy.js'
export { settleOwners } from '../courier/settle-owners.js'

export interface WaitingEvent {
  id: string
  type: StoredEvent['event']['type']
  /** When the visitor acted. */
  at: Date
  /** Since when it waits. */
  since: Date
  /** Size of its JSON. */
  bytes: number
}

export interface FailedEvent {
  id: string
  type: StoredEvent['event']['type']
  at: Date
  /** When it was given up. */
  failed: Date
  /** A reason of the proxy's, `status_…` of something before it, `expired`, or `corrupt`. */
  reason: string
}

/** What this device still has to deliver. */
export interface Inspection {
  /** In their order of delivery. */
  waiting: WaitingEvent[]
  /** Dead letters, the oldest first; `queue.resend()` gives them another try. */
  failed: FailedEvent[]
  /** Failed requests in a row. */
  attempts: number
  /** No request is made before this, unless the visitor acts; absent where nothing failed. */
  notBefore?: Date
}

/** Why a survey did or did not come: conditions of this page, then those of the proxy, in their order. */
export interface Explanation {
  /** Whether every gate is open. */
  survey: boolean
  gates: (Omit<Gate, 'gate'> & { gate: string })[]
  /** What the proxy said last; absent before its first answer. */
  verdict?: Verdict
}

const MAX_DEAD_AGE_MS = 7 * 86_400_000

const deadKeys = async (store: Store): Promise<string[]> =>
  ((await store.keys()) ?? []).filter(key => key.startsWith(DEAD))

/** The dead letters, the oldest first; those that are older than seven days are gone for good. */
async function deadLetters(store: Store, keys: string[]): Promise<DeadLetter[]> {
  const letters = (await Promise.all(keys.map(store.get))) as (Partial<DeadLetter> | undefined)[]
  return letters
    .filter((letter): letter is DeadLetter => letter?.event !== undefined)
    .filter(({ deadMs }) => Date.now() - deadMs < MAX_DEAD_AGE_MS)
    .sort((a, b) => a.deadMs - b.deadMs)
}

/** What the device knows; to look is to write, so nobody looks before there is consent, or after the widget's end. */
async function stateOf({ state, gatesHere }: Lent): Promise<State | undefined> {
  const { consent, isOff } = gatesHere()
  if (consent === 'granted' && !isOff) await state.update()
  return state.get() as State | undefined
}

export async function inspect(lent: Lent): Promise<Inspection> {
  const { store, queue } = lent
  const state = await stateOf(lent)
  if (!state) return { waiting: [], failed: [], attempts: 0 }
  const { attempts = 0, notBeforeMs = 0 } = state
  const keys = await queue.keys()
  const stored = await Promise.all(keys.map(queue.read))
  return {
    waiting: keys.flatMap(({ id, timeMs, bytes }, index) => {
      const event = stored[index]?.event
      return event
        ? [{ id, type: event.type, at: new Date(event.at * 1_000), since: new Date(timeMs), bytes }]
        : []
    }),
    failed: (await deadLetters(store, await deadKeys(store))).map(({ event, deadMs, reason }) => ({
      id: event.id,
      type: event.type,
      at: new Date(event.at * 1_000),
      failed: new Date(deadMs),
      reason,
    })),
    attempts,
    ...(notBeforeMs > 0 && { notBefore: new Date(notBeforeMs) }),
  }
}

/** Waits for its turn: another tab may be in mid-flush. */
async function whileLocked({ withLock }: Lent, work: () => Promise<void>): Promise<void> {
  while (!(await withLock(() => work().then(() => undefined))))
    await new Promise(resolve => setTimeout(resolve, 200))
}

/** Gives every dead letter another try, under its own id, and tells of those that are too old. @returns how many */
export async function resend(lent: Lent): Promise<number> {
  const { store, state, queue, flusher } = lent
  let count = 0
  // Whoever flushes may be about to add one.
  await whileLocked(lent, async () => {
    const keys = await deadKeys(store)
    const letters = await deadLetters(store, keys)
    for (const { reason: _, deadMs: __, ...stored } of letters) {
      // Beyond what the proxy takes as a time: then it is clamped.
      const isTooOld = Date.now() / 1_000 - stored.event.at > MAX_AGE_S
      await queue.add({ ...stored, isUnsettled: stored.isUnsettled || isTooOld })
    }
    count = letters.length
    await state.update(() => ({ dead: 0 }))
    await evict(lent, [], keys.length - count)
    await store.write([], keys)
  })
  flusher.flush(0, true)
  return count
}

export async function explain(lent: Lent): Promise<Explanation> {
  const { settings, clock, who, gatesHere } = lent
  const { consent, isOff, isMoment } = gatesHere()
  const state = await stateOf(lent)
  const { verdict, answeredS } = state?.known[who()] ?? {}
  const nowS = secondsOf(clock.moment())
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
    { gate: 'answer_delivered', open: !(state && (await isAnswerWaiting(lent, who()))) },
    ...(verdict?.survey
      ? [{ gate: 'yes_still_holds', open: verdict.until >= nowS, value: verdict.until }]
      : []),
    { gate: 'page_views_recorded', open: true, value: String(mayRecord(settings)) },
    ...(verdict?.gates ?? (verdict ? [{ gate: 'proxy', open: verdict.survey }] : [])),
  ]
  const survey = verdict?.survey === true && gates.every(({ open }) => open)
  return { survey, gates, ...(verdict && { verdict }) }
}

/** Makes the other tabs hear that the device forgets: no journal is its own name. */
function announce(name: string): void {
  try {
    localStorage.setItem(name, name)
    localStorage.removeItem(name)
  } catch {
    // Storage is blocked: each tab is alone with what its memory has.
  }
}

/**
 * Wipes what this device knows: events that wait, dead letters, the draft, tickets, the anonymous id. It wins over what
 * waits: no tab sends or restores any of it afterwards.
 */
export async function forget(lent: Lent): Promise<void> {
  const { name, store, queue } = lent
  // First, so that nothing comes after it that other tabs hold.
  announce(name)
  // What another tab sends now is sent, what it keeps is wiped after it.
  await whileLocked(lent, async () => {
    const keys = (await store.keys()) ?? []
    await queue.remove(keys.map(key => parseEventKey(key) ?? ({ key } as EventKey)))
  })
  await store.write([], ['s'])
  try {
    localStorage.removeItem(`${name}:consent`)
  } catch {
    // Storage is blocked: nothing was kept there.
  }
  announce(name)
}
