import type { Batch, Verdict } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import { uuid } from '../capture/uuid.js'

const UUID = /^[\da-f-]{36}$/
/** How many identities' tickets a shared device keeps; at one more it keeps the new one's alone. */
const MAX_KNOWN = 5

/** What the proxy last said of an identity. */
export interface Known {
  /** Delivery ticket. */
  ticket?: string | undefined
  verdict?: Verdict | undefined
  /** When they last answered or declined on this device. */
  answeredS?: UnixSeconds
}

/** So many seconds a proxy may not know of a response that went by another one: a yes of that time is passed over. */
export const UNHEARD_S = 600

/** All that this device's tabs share beside the events: one small record, changed in one transaction. */
export interface State {
  anonymousId: string
  /** Another one after each log-out: whom the host's session names, no page can tell, so what was learned before is void. */
  session?: string
  isOptedOut?: true
  /** Who was named last by `identify()`, until a log-out: the next page waits for it. */
  named?: string | undefined
  /** Page views since the last log-out, whosever they are. */
  views?: number
  /** By identity hash. */
  known: Record<string, Known>
  /** Failed requests in a row. */
  attempts?: number
  /** No request before this, device clock. */
  notBeforeMs?: number
  /** How many events at the head of the queue hold the one that something before the proxy refuses. */
  suspects?: number
  /** How many dead letters there have been. */
  dead?: number
  /** What had to go undelivered since the proxy was told last. */
  evicted?: Batch['evicted']
  /** A survey is, or was when its page went, on the screen: a draft may wait. */
  isSurveyOpen?: boolean
  /** Until when at the latest some tab is flushing, device clock; 0: none is. */
  leaseUntilMs?: number
}

/**
 * @param old whatever lies under the state's key: what is none of ours is taken for nothing
 * @param anonymousId where there is nothing
 */
export const stateFrom = (old: State | undefined, anonymousId?: string | false): State =>
  // The proxy refuses whatever comes with an id that is none.
  old?.known
    ? UUID.test(old.anonymousId)
      ? old
      : { ...old, anonymousId: uuid() }
    : { anonymousId: anonymousId || uuid(), known: {} }

/** With what an HTTP response said of an identity. */
export const learn = ({ known }: State, owner: string, learned: Known): Pick<State, 'known'> => ({
  known: {
    ...(Object.keys(known).length < MAX_KNOWN && known),
    [owner]: { ...known[owner], ...learned },
  },
})

/** Nothing is learned of whoever has logged out since the request left. */
export const isSameSession = (now: State, before: State): boolean => now.session === before.session

/** No verdict is learned where there is another one since the request left, or where they have answered, which uses it up. */
export const hasSameVerdict = (now: State, before: State, owner: string): boolean =>
  isSameSession(now, before) && now.known[owner]?.verdict?.until === before.known[owner]?.verdict?.until
