/**
 * What the core and the survey chunk say to each other. The chunk is reached by import() alone, so everything that it
 * needs of the core comes in as an argument, and neither bundle repeats the other's code.
 */

import type { Words } from '../locales/messages.js'
import type { Extras } from './extras/extras.js'
import type { PanelState } from './state.js'

/** Where the survey stands. */
export type PanelForm = 'bar' | 'popover' | 'modal' | 'inline'

/** 9–10, 7–8, 0–6. */
export type AnswerClass = 'promoter' | 'passive' | 'detractor'

/** One text for everyone, or one a class; `all` is for the classes that are not named. Empty counts as absent. */
export type PerClass = string | { [K in AnswerClass | 'all']?: string }

/**
 * How the survey looks and what it says. Every field has a default; see `settings.ts` for spellings and units. All texts
 * are shown as text, never as markup. A value that is not understood counts as absent.
 */
export interface PanelSettings {
  /** `inline` stands in `container`, else in the page's `<zero-ten>`; where there is neither it is a bar. @default 'bar' */
  form?: PanelForm
  /**
   * Bar: `bottom` or `top`. Popover: `bottom-end`, `bottom-start`, `top-end`, `top-start`; in a right-to-left language
   * the end is on the left. @default 'bottom', for a popover 'bottom-end'
   */
  position?: string
  /** `auto` follows `prefers-color-scheme`, also while it is shown. @default 'auto' */
  theme?: 'light' | 'dark' | 'auto'
  /**
   * Any CSS colour: the chosen score, the button, links, the focus ring. What must be read on it or beside it is derived
   * with a contrast of at least 4.5. @default '#3558d4'
   */
  accent?: string
  /** @default 'normal' */
  density?: 'compact' | 'normal' | 'spacious'
  /** `three` colours the classes, `gradient` runs from red to green. @default 'one' */
  scaleColor?: 'one' | 'three' | 'gradient'
  /** Where the close button stands. @default 'end' */
  closePosition?: 'start' | 'end'
  /**
   * A code of the service, a BCP 47 tag, or `auto`: the page's `lang`, then the browser's languages. Decides the direction.
   * @default 'auto'
   */
  language?: string
  /**
   * The question itself, in the site's own words; `{product}` and `{target}` are filled with what the next two say.
   * @default the language's
   */
  question?: string
  /** Names the product in the question: `How likely are you to recommend {product} to {target}?` @default "recommend us" */
  productName?: string
  /** @default the language's "a friend or colleague" */
  recommendTarget?: string

  /** The question after the score. @default the language's, one a class */
  followUp?: PerClass
  /** Inside the empty text field. @default the language's "Tell us more (optional)" */
  placeholder?: PerClass

  /** The headline after sending. @default the language's "Thank you for your answer!" */
  thanks?: PerClass
  /** A sentence beneath it. @default none */
  thanksText?: PerClass
  /** Text of a link beneath that. @default the address without its scheme */
  thanksLinkText?: PerClass
  /** Where it leads, in a new tab: `http:` and `https:` only, relative to the page. @default no link */
  thanksLinkUrl?: PerClass
  /** Query parameter of that link that gets the score, `score` say. @default not added */
  linkScoreParameter?: string
  /** Query parameter of that link that gets the text that was sent. @default not added */
  linkCommentParameter?: string
  /** Name, id or address of a page on Facebook that promoters are invited to share. @default no link */
  facebookPage?: string
  /** Account on X (with or without `@`) that promoters are invited to mention, with their text. @default no link */
  twitterAccount?: string

  /** Asks beside the text whether it may be shown to others; not ticked beforehand. @default false */
  askPermission?: boolean
  /** @default the language's "You may share my comment with others" */
  permissionLabel?: string
  /** Offers "Don't ask me again" beneath the question. @default false */
  showOptOut?: boolean
  /** Small print beneath the question. @default none */
  disclaimer?: string
  /** Text of a link after the small print. @default the address without its scheme */
  disclaimerLinkText?: string
  /** `http:` and `https:` only. @default no link */
  disclaimerLinkUrl?: string
}

/** What the visitor has given so far. */
export interface PanelDraft {
  score: number
  text: string
}

/** Why the panel went away. `stop` and `navigation` are neither a decline nor an answer. */
export type CloseReason = 'decline' | 'score' | 'response' | 'opt_out' | 'stop' | 'navigation'

/** How a survey stands on the page: not always as the settings have it. */
export interface ShownAs {
  form: PanelForm
  /** BCP 47, of the words that are shown. */
  language: string
  /** The question as it is worded. */
  question: string
}

/** What the survey is shown with. */
export interface PanelOptions {
  settings: PanelSettings
  /** Inline form: the element of the page that takes the survey. */
  container?: Element
  /** A score that was given before a reload; the panel opens at the follow-up with it. */
  draft?: PanelDraft
  /**
   * Imports the words of a language that is not English: a positional array, see `locales/messages.ts`. It is asked only for
   * what that folder has; where it rejects, the next language is asked for, and English at last.
   */
  loadWords(code: string): Promise<readonly string[]>
  /**
   * Imports the chunk `extras` (`survey/extras/extras.tsx`), which has what only some sites ask for: modal and inline forms, an
   * accent, densities, colours of the scale, small print and opt-out, permission, links after sending. Asked for only where
   * the settings name one of these; where it fails or is absent, the survey goes without, and a modal or inline one is a bar.
   */
  loadExtras?(): Promise<object>
  /**
   * Imports the chunk `answer-steps` (`survey/answer-steps.tsx`): follow-up and thanks. Asked for when the question is on the
   * screen, and again when a score is chosen; where it can't be had, the score alone counts.
   */
  loadAnswerSteps?(): Promise<object>
  /** It is on the screen now. */
  onShow(shown: ShownAs): void
  /** Once, when half of it has been in sight for a second, on a page that was visible all the while. */
  onSeen?(): void
  /** Each time a score is chosen or changed. Counts from this moment. */
  onScore(score: number): void
  /** Each change of the text; not yet sent. */
  onText(text: string): void
  /**
   * The visitor sends score and text. Resolves when that is stored durably; then the panel says thank you. Where it
   * rejects, the panel says so and lets the visitor send again. `share` is there where permission was asked.
   */
  onSubmit(answer: { score: number; text: string; share?: boolean }): Promise<void>
  /**
   * Once, the moment it is decided; nothing more comes of this panel. What is still to be seen (a fade, the word after an
   * opt-out) goes by itself. `navigation`: the element that held an inline panel left the document.
   */
  onClose(reason: CloseReason): void
}

/** A survey on the screen. */
export interface Panel {
  /** Takes it off the screen; `onClose` follows with this reason. Does nothing when it is closed already. */
  close(reason: CloseReason): void
}

/**
 * Shows the survey; resolves when it is on the screen. A panel that is already there is not looked for: one at a time is
 * the caller's affair.
 */
export type ShowPanel = (options: PanelOptions) => Promise<Panel>

/** What the core uses of the survey chunk. */
export interface PanelChunk {
  showPanel: ShowPanel
  /** Fetches what `ShowPanel` will ask for with the same options, so that it can be shown offline. Never rejects. */
  prepare(options: Pick<PanelOptions, 'settings' | 'loadWords' | 'loadExtras'>): Promise<void>
}

export interface AnswerStepsOptions {
  settings: PanelSettings
  words: Words
  panel: HTMLElement
  /** Where they are drawn. */
  rest: HTMLElement
  extras: Extras | undefined
  /** Ends with the panel. */
  signal: AbortSignal
  type(text: string): void
  send(): void
  onSeen?: (() => void) | undefined
}

/** The steps after the question, as their chunk draws them. */
export interface AnswerSteps {
  css: string
  /**
   * Draws the step of this state, after `change` has made what is above it ready.
   *
   * @param how `holdMs`: so long nothing moves under the finger; `isFirst`: nothing of the panel has been seen yet
   * @returns what there is to be said to screen readers
   */
  show(state: PanelState, how: { holdMs: number; isFirst: boolean | undefined; change(): void }): string
}

export type CreateAnswerSteps = (options: AnswerStepsOptions) => AnswerSteps
