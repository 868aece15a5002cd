/**
 * What the core and the survey chunk say to each other. The chunk is reached by import() alone, so everything that it
 * needs of the core comes in as an argument, and neither bundle repeats the other's code.
 */

export type PanelForm = 'bar' | 'popover' | 'modal' | 'inline'

/** How the survey looks and what it says. Every field has a default; see `settings.ts` for spellings and units. */
export interface PanelSettings {
  /** @default 'bar' */
  form?: PanelForm
  /** Bar: `bottom` or `top`. Popover: `bottom-end`, `bottom-start`, `top-end`, `top-start`. @default 'bottom' or 'bottom-end' */
  position?: string
  /** @default 'auto' */
  theme?: 'light' | 'dark' | 'auto'
  /** Any CSS colour; all others are derived from it. */
  accent?: string
  /** @default 'normal' */
  density?: 'compact' | 'normal' | 'spacious'
  /** @default 'one' */
  scaleColor?: 'one' | 'three' | 'gradient'
  /** Where the close button stands. @default 'end' */
  closePosition?: 'start' | 'end'
  /** A code of the service, a BCP 47 tag, or `auto`. @default 'auto' */
  language?: string
  /** Names the product in the question: "How likely are you to recommend {product} to {target}?" */
  productName?: string
  /** @default the language's "a friend or colleague" */
  recommendTarget?: string
}

/** What the visitor has given so far. */
export interface PanelDraft {
  score: number
  text: string
}

/** Why the panel went away. `stop` and `navigation` are neither a decline nor an answer. */
export type CloseReason = 'decline' | 'score' | 'response' | 'opt_out' | 'stop' | 'navigation'

export interface PanelOptions {
  settings: PanelSettings
  /** Inline form: the element of the page that takes the survey. */
  container?: Element
  /** A score that was given before a reload; the panel opens at the follow-up with it. */
  draft?: PanelDraft
  /** Imports the words of a language that is not English: a positional array, see `locales/`. */
  loadWords(code: string): Promise<readonly string[]>
  /** It is visible now. */
  onShow(): void
  /** Each time a score is chosen or changed. Counts from this moment. */
  onScore(score: number): void
  /** Each change of the text; not yet sent. */
  onText(text: string): void
  /** The visitor sends score and text. Resolves when that is stored durably; then the panel says thank you. */
  onSubmit(answer: { score: number; text: string; share?: boolean }): Promise<void>
  /** It has left the screen, for good. */
  onClose(reason: CloseReason): void
}

export interface Panel {
  /** Takes it off the screen; `onClose` follows with this reason. Does nothing when it is closed already. */
  close(reason: CloseReason): void
}

/** The one export that the core uses of the survey chunk. */
export type ShowPanel = (options: PanelOptions) => Promise<Panel>
