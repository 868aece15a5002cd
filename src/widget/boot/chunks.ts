import type { Clock } from '../courier/event-time.js'
import type { Flusher } from '../courier/flusher.js'
import type { WithLock } from '../courier/lock.js'
import type { Queue } from '../courier/queue.js'
import type { Store } from '../courier/store.js'
import type * as notes from '../diagnostics/notes.js'
import type * as tools from '../diagnostics/tools.js'
import type { Settings } from '../settings/settings.js'
import type { SharedState } from '../storage/shared-state.js'
import type { PanelChunk } from '../survey/panel-types.js'
import type * as asking from '../survey-flow/scheduler.js'
import type * as names from '../wootric/compat.js'
import type { Emitter } from './emitter.js'

export type Tools = typeof tools

/** The parts that are not in the core, by their names in the build. */
interface Chunks {
  panel: PanelChunk
  asking: typeof asking
  tools: Tools
  extras: object
  steps: object
  names: typeof names
  notes: typeof notes
  [words: `words-${string}`]: { words: readonly string[] }
}

/** Reaches a part: by URL from the tag's file, by the bundler from npm. */
export type Load = <K extends keyof Chunks>(name: K) => Promise<Chunks[K]>

/** What the core lends to its chunks. */
export interface Lent {
  /** Of the store and of the journal in localStorage. */
  name: string
  settings: Settings
  store: Store
  state: SharedState
  queue: Queue
  emitter: Emitter
  clock: Clock
  flusher: Flusher
  withLock: WithLock
  /** Ends with the widget. */
  signal: AbortSignal
  /** Hash of the identity that is here; '' for nobody in particular. */
  who(): string
  load: Load
  gatesHere(): {
    consent: 'granted' | 'pending' | 'refused'
    isOff: boolean
    /** Whether a yes puts the question by itself. */
    isMoment: boolean
  }
}
