import { AT, type Words } from '../locales/messages.js'
import type { Farewell } from './farewell.js'
import { fill } from './fill.js'
import type { Frame } from './frame.js'
import type { LiveRegion } from './live-region.js'
import type { PanelOptions } from './panel-types.js'
import type { Screens } from './screens.js'
import type { PanelState } from './state.js'
import type { Taps } from './taps.js'

/** What is said and done from the question to the farewell. */
export interface Conversation {
  /** What the visitor has given; changed by what they do. */
  state: PanelState
  /** The visitor came by mouse, and types next. */
  wantsField: boolean
  isSending: boolean
  options: PanelOptions
  words: Words
  digits(score: number): string
  frame: Frame
  taps: Taps
  live: LiveRegion
  farewell: Farewell
  /** There from the first moment in which anything can be chosen. */
  screens: Screens
}

export const focusScore = ({ frame }: Conversation, score: number): void =>
  frame.focus(frame.find(`[value="${score}"]`))

/** What has the focus is about to go; the panel itself keeps it inside. */
function keepFocus({ frame, taps }: Conversation): void {
  if (frame.shadow.activeElement) frame.focus(frame.panel)
  taps.renew()
}

/** Goes to the follow-up. The score counts whether or not that can be had; it may be under way, or never come. */
async function followUp(talk: Conversation, isTyped: boolean): Promise<void> {
  const { screens, farewell, live, frame, words, digits } = talk
  screens.show(talk.state)
  if (!screens.isComplete()) await screens.complete()
  const { score, isSent } = talk.state
  if (farewell.isOver() || isSent || score === undefined) return
  if (screens.isComplete()) {
    farewell.goOn()
    const asked = screens.show(talk.state)
    live.say(isTyped ? `${digits(score)}. ${asked}` : asked)
    if (talk.wantsField) frame.focus(frame.find('textarea'))
  } else {
    screens.showWord(words[AT.thanks])
    live.say(words[AT.thanks])
    farewell.stay('score')
  }
}

/** @param event the click that it comes of; absent where it is a key */
export function choose(talk: Conversation, score: number, event?: Event): void {
  const { state, screens, farewell, frame, options, wantsField } = talk
  if (farewell.isOver() || state.isSent) return
  // Who came by mouse and types before the field is there means the field.
  if (!event && wantsField && !screens.isComplete()) return
  const isNew = score !== state.score
  talk.state = { ...state, score }
  // Who clicks with a mouse types next, and "10 out of 10" must not choose. For a finger the soft keyboard can wait.
  talk.wantsField = (event as PointerEvent | undefined)?.pointerType === 'mouse'
  if (isNew) void followUp(talk, !event)
  if (talk.wantsField && screens.isComplete()) frame.focus(frame.find('textarea'))
  else focusScore(talk, score)
  if (isNew) options.onScore(score)
}

export function type(talk: Conversation, text: string): void {
  talk.state = { ...talk.state, text }
  talk.options.onText(text)
}

export async function send(talk: Conversation): Promise<void> {
  const { options, screens, farewell, live } = talk
  const { score = 0, text, share = false } = talk.state
  if (talk.isSending) return
  talk.isSending = true
  talk.state = { ...talk.state, hasFailed: false }
  screens.show(talk.state)
  const answer = { score, text, ...(options.settings.askPermission && { share }) }
  const isSent = await options.onSubmit(answer).then(
    () => true,
    // Why, is the store's to tell; the visitor may try again.
    () => false,
  )
  talk.isSending = false
  if (farewell.isOver()) return
  talk.state = { ...talk.state, isSent, hasFailed: !isSent }
  if (isSent) keepFocus(talk)
  live.say(screens.show(talk.state))
  if (isSent) farewell.stay('response')
}

export function optOut(talk: Conversation, word: string): void {
  const { screens, farewell, live } = talk
  farewell.finish('opt_out')
  keepFocus(talk)
  screens.showLastWord(word)
  live.say(word)
  farewell.stay('response')
}

export function closeByVisitor({ state, farewell }: Conversation): void {
  farewell.close(state.isSent ? 'response' : state.score === undefined ? 'decline' : 'score')
}

/** Says that a question has come. A dialog says its name by taking the focus; what stands in the page is met on the way. */
export function greet({ frame, live, words }: Conversation, question: string): void {
  if (!/modal|inline/.test(frame.form)) live.say(fill(words[AT.announce], { question }))
}
