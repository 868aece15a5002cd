import type { Batch, Verdict } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import { uuid } from '../capture/uuid.js'
import type { Store } from '../courier/store.js'

const STATE = 's'
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

/** So many seconds a proxy may not know of an answer that went by another one: a yes of that time is passed over. */
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
  /** By hash of identity. */
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
  /** A survey is, or was when its page went, on the screen: something may be left to take up. */
  isSurveyOpen?: boolean
  /** Until when at the latest some tab is flushing, device clock; 0: none is. */
  leaseUntilMs?: number
}

export interface SharedState {
  /** As this page saw it last; not before the first update. */
  get(): State
  /** Without a change: looks at what other tabs have written. */
  update(change?: (state: State) => Partial<State>): Promise<void>
  /** Writes it anew, after another tab deleted the database: what waits without a ticket is still the same visitor's. */
  storeAgain(): Promise<void>
}

export function createState(store: Store): SharedState {
  let state: State | undefined
  /** Without what a transaction made of it that was not stored. */
  let settled: State | undefined
  return {
    get: () => state as State,
    update: async change => {
      await store.update<State>(STATE, (old, isAway) => {
        state = {
          // One for all of this page's where none can be stored; where none is stored any more, it is forgotten.
          anonymousId: (store.isVolatile() && state?.anonymousId) || uuid(),
          known: {},
          // Whatever else lies there is none of ours; and what can't be read is as it was.
          ...(old?.known ? old : isAway && settled),
        }
        // The proxy refuses whatever comes with one that is none.
        if (!UUID.test(state.anonymousId)) state.anonymousId = uuid()
        state = { ...state, ...change?.(state) }
        return state
      })
      settled = state
    },
    storeAgain: () => store.update<State>(STATE, old => old ?? (state as State)),
  }
}

export const learn = ({ known }: State, who: string, learned: Known): Pick<State, 'known'> => ({
  known: {
    ...(Object.keys(known).length < MAX_KNOWN && known),
    [who]: { ...known[who], ...learned },
  },
})
