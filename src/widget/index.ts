/**
 * The widget for a page that is bundled.
 *
 * ```ts
 * import { createWidget } from 'zeroten'
 *
 * const widget = createWidget({ productName: 'Acme', identityToken })
 * widget.on('response', ({ score }) => console.log('thank you for', score))
 * ```
 *
 * @module
 */
import { ZerotenError } from '../http/zeroten-error.js'
import type { Load } from './boot/chunks.js'
import { createOne } from './boot/create-one.js'
import { noopWidget } from './boot/noop-widget.js'
import type { Widget } from './boot/widget-api.js'
import type { Settings } from './settings/settings.js'
import type { PanelChunk } from './survey/panel-types.js'

export type {
  DELIVERY_VERSION,
  DeclineEvent,
  DeliveryEvent,
  EventBase,
  Gate,
  ImpressionEvent,
  OptOutEvent,
  PageViewEvent,
  ResponseEvent,
  SurveyShowing,
  Verdict,
} from '../wire/delivery.js'
export type { Properties, UnixSeconds } from '../wire/v1.js'
export type { Emitter, Handler, WidgetEvents } from './boot/emitter.js'
export type { Widget } from './boot/widget-api.js'
export type { Explanation } from './diagnostics/explain.js'
export type { ExplainedGate } from './diagnostics/gate-sentences.js'
export type { FailedEvent, Inspection, WaitingEvent } from './diagnostics/inspect.js'
export type { Identity, TokenSource } from './identity/identity.js'
export type { Settings } from './settings/settings.js'
export type { CloseReason, PanelChunk, PanelForm, PanelSettings, PerClass } from './survey/panel-types.js'

/** Attributes of `<zero-ten>`: whatever an element may have. */
interface ElementAttributes {
  [attribute: string]: unknown
}

// A page has the one, the other or neither of these libraries.
// biome-ignore lint/suspicious/noTsIgnore: an expected error would be one where the library is there
/** @ts-ignore */
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'zero-ten': ElementAttributes
    }
  }
}
// biome-ignore lint/suspicious/noTsIgnore: as above
/** @ts-ignore */
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'zero-ten': ElementAttributes
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    /** Where the survey stands that is `inline`. */
    'zero-ten': HTMLElement
  }
  interface Window {
    /** Where the tag is: `zeroten('command', …)`, and before it has come, the page's own stub with its queue. */
    zeroten?: {
      (command: keyof Widget, ...args: unknown[]): unknown
      q?: Iterable<unknown>[] | null
    }
  }
}

const chunks = {
  courier: () => import('./courier/courier.js'),
  panel: () => import('./survey/panel-chunk.js'),
  scheduler: () => import('./survey-flow/scheduler.js'),
  drafts: () => import('./survey-flow/left-behind.js'),
  notes: () => import('./diagnostics/notes.js'),
  problems: () => import('./diagnostics/problems.js'),
  diagnostics: () => import('./diagnostics/diagnostics.js'),
  extras: () => import('./survey/extras/extras.js'),
  steps: () => import('./survey/answer-steps.js'),
}

const loadWords = async (name: string) => {
  const { languages } = await import('./locales/registry.js')
  const language = languages[name.replace('words-', '')]
  if (!language) throw new ZerotenError('unknown_language', `There is no chunk "${name}".`)
  return language.load()
}

/** Parts that the app brings along, which are chunks to be loaded otherwise. */
export interface Bundled {
  /** All of `zeroten/survey`, where the survey is to be in the app's own bundle. @default a chunk, loaded with the first yes */
  survey?: PanelChunk
}

const loadWith = ({ survey }: Bundled) =>
  (async (name: string) => {
    if (name === 'panel' && survey) return survey
    return name in chunks ? chunks[name as keyof typeof chunks]() : loadWords(name)
  }) as Load

/**
 * The page's one widget under `settings.base`: starts it, or adds these settings to the one that is there, whoever started
 * it. Importing this module has no side effect; calling this touches IndexedDB and localStorage (under names that
 * begin with `zeroten:{base}`), listens to the page's life cycle and wraps `history.pushState` and `replaceState`; `stop()` undoes
 * the latter two. Where there is no page, on a server or in a worker, it gives a widget that does nothing; what a server's
 * widget is told, the browser's is not, so call it where browsers come (an effect, `onMount`).
 *
 * @param bundled - counts where this call starts the widget
 */
export const createWidget = (settings: Settings = {}, bundled: Bundled = {}): Widget =>
  typeof document === 'undefined' ? noopWidget : createOne(settings, loadWith(bundled))
