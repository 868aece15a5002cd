/**
 * The survey that a visitor sees. The widget reaches it by import() when a survey is to be shown. An app that wants it in
 * its first bundle hands it over, and one that delivers answers by itself mounts it inline:
 *
 * ```ts
 * import { createWidget } from 'zeroten'
 * import * as survey from 'zeroten/survey'
 *
 * createWidget({ productName: 'Acme' }, { survey })
 * survey.mountInline(element, { onSubmit: ({ score, text }) => console.log(score, text) })
 * ```
 *
 * Importing this module has no side effect. What a style sheet of the page may say of the panel:
 *
 * - custom properties, inherited from anywhere above it: `--zeroten-font`, `--zeroten-background`, `--zeroten-text`,
 *   `--zeroten-radius` (contrast between the site's own background and text is the site's affair)
 * - `zeroten-panel::part(…)`: `panel`, `question`, `scale`, `score` (and `chosen`), `ends`, `follow-up`, `text`, `send`,
 *   `permission`, `failed`, `thanks`, `thanks-text`, `link`, `disclaimer`, `opt-out`, `close`
 *
 * @module
 */

export { type InlineOptions, mountInline } from './mount-inline.js'
export type {
  AnswerClass,
  CloseReason,
  Panel,
  PanelChunk,
  PanelDraft,
  PanelForm,
  PanelOptions,
  PanelSettings,
  PerClass,
  ShownAs,
  ShowPanel,
} from './panel-types.js'
export { prepare } from './prepare.js'
export { showPanel } from './show-panel.js'
