import type { CloseReason, Panel, PanelDraft, PanelSettings } from './panel-types.js'
import { showPanel } from './show-panel.js'

/** What a survey in the page is mounted with. */
export interface InlineOptions {
  /** @default the question in the page's language, in the default look */
  settings?: Omit<PanelSettings, 'form' | 'position'>
  /** A score that was given before; the survey opens at the follow-up with it. */
  draft?: PanelDraft
  /** Each time a score is chosen or changed, 0 to 10. */
  onScore?(score: number): void
  /** Each change of the text; not yet sent. */
  onText?(text: string): void
  /** The visitor sends. The survey says thank you when this resolves, and lets them try again when it rejects. */
  onSubmit?(answer: { score: number; text: string; share?: boolean }): Promise<void> | void
  /** It has gone: closed by the visitor, by {@link Panel}'s `close`, or with the element (`navigation`). */
  onClose?(reason: CloseReason): void
}

/**
 * Shows the survey inside an element of the page and hands what the visitor does to the caller. It stores and sends
 * nothing: for an app's own preview, or its own way of delivery. `createWidget({ form: 'inline' })` is the one that delivers.
 *
 * @returns the panel; `close('stop')` takes it out again, and nothing else of the page is touched
 * @example
 * ```ts
 * const panel = await mountInline(element, {
 *   settings: { productName: 'Acme', language: 'de' },
 *   onSubmit: ({ score, text }) => console.log(score, text),
 * })
 * panel.close('stop')
 * ```
 */
export function mountInline(element: Element, options: InlineOptions = {}): Promise<Panel> {
  const { settings, draft, onScore, onText, onSubmit, onClose } = options
  return showPanel({
    settings: { ...settings, form: 'inline' },
    container: element,
    ...(draft && { draft }),
    loadExtras: () => import('./extras/extras.js'),
    loadAnswerSteps: () => import('./answer-steps.js'),
    async loadWords(code) {
      const { languages } = await import('../locales/registry.js')
      const language = languages[code]
      if (!language) throw new TypeError(`There are no words for "${code}".`)
      return (await language.load()).words
    },
    onShow: () => undefined,
    onScore: score => onScore?.(score),
    onText: text => onText?.(text),
    onSubmit: async answer => onSubmit?.(answer),
    onClose: reason => onClose?.(reason),
  })
}
