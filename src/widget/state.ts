import type { DeliveryEvent, Verdict } from '../wire/delivery.js'
import type { Store } from './store.js'
import { uuid } from './uuid.js'

const STATE = 's'

export type Evicted = Partial<Record<DeliveryEvent['type'], number>>

/** What the proxy last said of an identity. */
export interface Known {
  /** Delivery ticket. */
  ticket?: string
  verdict?: Verdict
}

/** All that this device's tabs share beside the events: one small record, changed in one transaction. */
export interface State {
  anonymousId: string
  optedOut?: boolean
  /** By hash of identity, the latest last. */
  known: [who: string, known: Known][]
  /** Failed requests in a row. */
  attempts: number
  /** No request before this, device clock. */
  notBeforeMs: number
  /** How many events at the head of the queue hold the one that something before the proxy refuses. */
  suspects?: number | undefined
  /** What had to go undelivered since the proxy was told last. */
  evicted?: Evicted | undefined
  /** Who is flushing, and until when at the latest, device clock. */
  lease?: { holder: string; untilMs: number } | undefined
}

export interface SharedState {
  /** As this page saw it last. */
  get(): State
  /** Without a change: looks at what other tabs have written. */
  update(change?: (state: State) => Partial<State>): Promise<void>
}

export function createState(store: Store): SharedState {
  let state: State = { anonymousId: uuid(), known: [], attempts: 0, notBeforeMs: 0 }
  return {
    get: () => state,
    update: change =>
      store.update<State>(STATE, old => {
        if (old?.anonymousId) state = old
        state = { ...state, ...change?.(state) }
        return state
      }),
  }
}
