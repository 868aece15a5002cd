import { STATE_KEY } from '../storage/keys.js'
import { type State, stateFrom } from '../storage/shared-state.js'
import { soundState } from './sound-state.js'
import type { Store } from './store.js'

export interface SharedState {
  /** As this page saw it last; not before the first update. */
  get(): State
  /** Without a change: looks at what other tabs have written. */
  update(change?: (state: State) => Partial<State>): Promise<void>
  /** Writes it anew, after another tab deleted the database: what waits without a ticket is still the same visitor's. */
  restore(): Promise<void>
}

/** @param seen as this page knows it already */
export function createState(store: Store, seen?: State): SharedState {
  let state = soundState(seen)
  /** Without what a transaction made of it that was not stored. */
  let settled = state
  return {
    get: () => state as State,
    update: async change => {
      await store.update<State>(STATE_KEY, (old, isAway) => {
        // What can't be read is as it was. Where none can be stored, the page keeps its one id; where none is stored any
        // more, it is forgotten.
        const current = old || !isAway ? soundState(old) : settled
        state = stateFrom(current, store.hasUnpersisted() && state?.anonymousId)
        state = { ...state, ...change?.(state) }
        return state
      })
      settled = state
    },
    restore: () => store.update<State>(STATE_KEY, old => old ?? (state as State)),
  }
}
