import type * as courier from '../courier/courier.js'
import type * as diagnostics from '../diagnostics/diagnostics.js'
import type * as notes from '../diagnostics/notes.js'
import type * as problems from '../diagnostics/problems.js'
import type { PanelChunk } from '../survey/panel-types.js'
import type * as leftBehind from '../survey-flow/left-behind.js'
import type * as scheduler from '../survey-flow/scheduler.js'
import type * as compat from '../wootric/compat.js'

/** The parts that are not in the core, by their names in the build. */
export interface Chunks {
  courier: typeof courier
  panel: PanelChunk
  scheduler: typeof scheduler
  drafts: typeof leftBehind
  diagnostics: typeof diagnostics
  extras: object
  steps: object
  compat: typeof compat
  notes: typeof notes
  problems: typeof problems
  [words: `words-${string}`]: { words: readonly string[] }
}

/** Reaches a part: by URL from the tag's file, by the bundler from npm. */
export type Load = <K extends keyof Chunks>(name: K) => Promise<Chunks[K]>
