import { backoff } from '../../http/backoff.js'
import {
  type BatchAnswer,
  DELIVERY_VERSION,
  type IdentityClaim,
  type PageViewEvent,
  type Verdict,
  type VerdictRequest,
} from '../../wire/delivery.js'
import { nowMs } from '../boot/platform.js'
import { formatEventKey } from '../courier/event-key.js'
import { clockOrigin, deviceMoment, type Heard, type Moment } from '../courier/event-time.js'
import { type Failure, isDone, isFailure, post } from '../courier/post-batch.js'
import type { StoredEvent } from '../courier/queue.js'
import { onSuccess, type Transact } from '../storage/database.js'
import { EVENT_BOUNDS, STATE_KEY } from '../storage/keys.js'
import { hasSameVerdict, isSameSession, learn, type State, stateFrom } from '../storage/shared-state.js'
import { isOwnerless, OWNERLESS } from './ownerless.js'
import { uuid } from './uuid.js'

/** Doubles from two seconds to five minutes. */
const BACKOFF = { baseMs: 2_000, maxMs: 300_000, random: Math.random }

/** What the page says of whoever is here; the device adds its own id. */
export type PageClaim = Omit<IdentityClaim, 'anonymous_id'>

/** A page view, or the wish for a verdict alone, as it was at its moment. */
export interface Act {
  /** Absent: only a verdict is wanted. */
  event: PageViewEvent | undefined
  moment: Moment
  /** Identity hash of whoever was here. */
  owner: string
  claim: PageClaim
  request: VerdictRequest
  /** What a log-out makes of what the device knows. */
  change?: ((state: State) => Partial<State>) | undefined
  /** Whether it may wait until it is said who is here, and whether the page has said that it will be. */
  mayWait?: boolean | undefined
  isLater?: boolean | undefined
}

/** An act with what became of it, as the courier takes it over. */
export interface Recorded extends Act {
  /** What the device knew when it was put. */
  before: State
  /** As it was put, with its ticket; absent where there was no event, or one of a visitor who has opted out. */
  stored?: StoredEvent
  key?: string
  /** False where IndexedDB failed. */
  isStored: boolean
  /** The key of the event that has waited longest. */
  oldestKey?: IDBValidKey | undefined
  /** Its first attempt. */
  sent?: SentEvent
}

export interface SentEvent {
  /** When the request left: monotonic, and the device's clock less the monotonic one. */
  sentMs: number
  originMs: number
  heard: Heard
  response: BatchAnswer | Failure
}

/** Whether all that was asked for came: the event is delivered, and a verdict is there. */
export const isComplete = ({ stored, sent }: Recorded): boolean =>
  !!sent &&
  !isFailure(sent.response) &&
  !!sent.response.verdict &&
  (!stored || isDone(sent.response, stored.event.id))

/** With what the device knows. */
export const withState = (act: Act, current: State): Omit<Recorded, 'isStored'> => {
  const { event } = act
  const before = { ...current, ...act.change?.(current) }
  if (!event || before.isOptedOut === true) return { ...act, before }
  const owner = isOwnerless(before, act) ? OWNERLESS : act.owner
  const { ticket } = before.known[owner] ?? {}
  // A ticket that is corrupt is none.
  const isText = typeof ticket === 'string'
  const stored = { event: { ...event, ...(isText && { ticket }) }, owner, isUnsettled: true }
  return { ...act, before, stored, key: formatEventKey(stored.event, Date.now()) }
}

/**
 * Puts an act: one transaction puts the event, reads what the tabs share and looks whether an older event waits. Where the
 * page does not know yet what they share, or changes it, that is read first and written too. Never rejects.
 *
 * @param seen what this page knew before
 * @param isAllowed whether it may be put still: not where consent was withdrawn meanwhile, or the device was told to forget
 */
export async function putEvent(
  act: Act,
  { transact, seen, isAllowed }: { transact: Transact; seen: State | undefined; isAllowed(): boolean },
): Promise<Recorded> {
  let found: Omit<Recorded, 'isStored'> | undefined
  try {
    await transact((store, isNew) => {
      const put = (state: State) => {
        if (!isAllowed()) return
        found = withState(act, state)
        if (found.stored) store.put(found.stored, found.key)
      }
      /** By itself it commits when the page has heard of each request; a page that goes before that would lose it all. */
      const commit = () => store.transaction.commit?.()
      const reading: IDBRequest<State | undefined> = store.get(STATE_KEY)
      const isKnown = seen && !act.change && !isNew
      if (isKnown) put(seen)
      onSuccess(store.getKey(IDBKeyRange.bound(...EVENT_BOUNDS)), oldestKey => {
        const { result } = reading
        // Where the database was deleted, the visitor is still the one whom this page knows.
        if (!isKnown) put(stateFrom(isNew ? seen : result))
        if (!found) return
        if (!isKnown) store.put(found.before, STATE_KEY)
        else if (result?.known) found.before = result
        if (oldestKey !== found.key) found.oldestKey = oldestKey
        if (!isKnown) commit()
      })
      if (isKnown) commit()
    })
    if (found) return { ...found, isStored: true }
  } catch {
    // Blocked, hanging, broken or full: it is sent unstored, and the courier keeps it in memory.
  }
  // Where storage fails, nothing may wait: the page may go.
  return { ...withState({ ...act, mayWait: false }, found?.before ?? stateFrom(seen)), isStored: false }
}

/**
 * Sends an act that was put, beyond the page's own life.
 *
 * @param newViews page views of this page, its own among them, that the shared state does not count yet
 */
export async function sendEvent(recorded: Recorded, url: string, newViews: number): Promise<SentEvent> {
  const { stored, claim, before, request } = recorded
  const sentMs = nowMs()
  const originMs = clockOrigin()
  const batch = {
    v: DELIVERY_VERSION,
    id: uuid(),
    events: stored ? [stored.event] : [],
    identity: { ...claim, anonymous_id: before.anonymousId },
    ask: {
      ...request,
      opted_out: before.isOptedOut,
      session_page_views: viewsOf(before) + newViews,
    },
    sent_at: Date.now(),
  } as const
  const response = await post(url, batch, true)
  return { sentMs, originMs, heard: deviceMoment(), response }
}

/** A count that is corrupt is none. */
export const viewsOf = ({ views }: State): number => Number(views) || 0

/** What the shared state becomes after a failure: when the next request may be. */
const afterFailure = (before: State): Partial<State> => {
  // Of several requests that fail at once, one counts; and a count that is corrupt would make every wait none.
  const attempts = (Number(before.attempts) || 0) + 1
  return { attempts, notBeforeMs: Date.now() + backoff(attempts, BACKOFF) }
}

/**
 * Writes down what came of the first attempt: deletes what is delivered, learns ticket and verdict; after a failure, when
 * the next request may be.
 *
 * @returns what the device knows now, and the verdict that holds, unless whoever it is about has logged out meanwhile
 * @throws where IndexedDB fails
 */
export async function concludeEvent(
  { stored, key, before, owner }: Recorded,
  { response }: SentEvent,
  { transact, isForgotten }: { transact: Transact; isForgotten(): boolean },
): Promise<{ state: State; verdict: Verdict | undefined }> {
  let state = before
  let verdict: Verdict | undefined
  await transact(store => {
    onSuccess<State | undefined>(store.get(STATE_KEY), found => {
      const now = found?.known ? found : before
      const isFailed = isFailure(response)
      if (!isFailed && stored && isDone(response, stored.event.id)) store.delete(key as string)
      // On a device that has forgotten meanwhile, nothing is written.
      if (!isForgotten()) {
        state = {
          ...now,
          views: viewsOf(now) + (stored ? 1 : 0),
          ...(isFailed ? afterFailure(before) : { attempts: 0, notBeforeMs: 0 }),
        }
        if (!isFailed && isSameSession(now, before)) {
          // What another tab has learned, or done, since the request left is later than what this one asked for.
          verdict = hasSameVerdict(now, before, owner)
            ? response.verdict
            : response.verdict && now.known[owner]?.verdict
          const { ticket } = response
          state = {
            ...state,
            ...learn(now, owner, { ...(ticket && { ticket }), ...(verdict && { verdict }) }),
          }
        }
        store.put(state, STATE_KEY)
      }
      store.transaction.commit?.()
    })
  })
  return { state, verdict }
}
