/**
 * The survey that a visitor sees: a chunk of its own, reached by import() when a survey is to be shown, and the npm entry
 * `zeroten/survey` for those who bundle it themselves.
 *
 * @module
 */
export type {
  AnswerClass,
  CloseReason,
  Panel,
  PanelDraft,
  PanelForm,
  PanelOptions,
  PanelSettings,
  PerClass,
  ShowPanel,
} from '../panel.js'
export { prepare, showPanel } from './show-panel.js'
