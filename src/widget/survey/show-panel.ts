import {
  type Conversation,
  choose,
  closeByVisitor,
  focusScore,
  greet,
  optOut,
  send,
  type,
} from './conversation.js'
import { digitsOf } from './digits.js'
import type { CreateExtras, Extras } from './extras/extras.js'
import { createFarewell } from './farewell.js'
import { fetchParts } from './fetch-parts.js'
import { findDeep } from './find-deep.js'
import { followTheme } from './follow-theme.js'
import { createFrame, type Frame } from './frame.js'
import { keepEvents } from './keep-events.js'
import { createKeyHandler } from './keys.js'
import { createLiveRegion } from './live-region.js'
import type { PanelForm, PanelOptions, PanelSettings, ShowPanel } from './panel-types.js'
import { createCloseButton, createQuestion } from './question.js'
import { noteFocus } from './return-focus.js'
import { createScreens } from './screens.js'
import { createScrollAnyway } from './scroll-anyway.js'
import { createTaps } from './taps.js'
import { keepReachable } from './top-layer.js'

/** The form that was asked for, or a bar where its place or its code is not at hand. */
function formOf(
  { form = 'bar' }: PanelSettings,
  createExtras: CreateExtras | undefined,
  container: Element | undefined,
): PanelForm {
  if (form === 'popover' || (form === 'modal' && createExtras)) return form
  return form === 'inline' && createExtras && container ? form : 'bar'
}

const containerOf = ({ settings, container }: PanelOptions): Element | undefined =>
  container ?? (settings.form === 'inline' ? findDeep(document, 'zero-ten')[0] : undefined)

/** How long what belongs to a panel lives, and what brings the focus back after it. */
function createLife({ host, shadow }: Frame) {
  const leaving = new AbortController()
  /** Ends a moment later: what is gone from sight still takes the second tap. */
  const removing = new AbortController()
  const returnFocus = noteFocus(shadow, leaving.signal)
  return {
    signal: leaving.signal,
    untilRemoved: removing.signal,
    leave: () => leaving.abort(),
    remove() {
      const hadFocus = shadow.activeElement
      removing.abort()
      host.remove()
      if (hadFocus) returnFocus()
    },
  }
}

/** Puts the panel on the screen, in the place of its form. */
function put(talk: Conversation, extras: Extras | undefined, signal: AbortSignal): void {
  const { frame, farewell, options } = talk
  const { form, host, shadow, panel } = frame
  const onGone = () => farewell.close('navigation')
  if (extras && /modal|inline/.test(form)) {
    const close = () => closeByVisitor(talk)
    const isAnswering = () => talk.state.score !== undefined
    extras.mount({ host, panel, container: containerOf(options), signal, onGone, close, isAnswering })
  } else if (panel.showPopover) {
    panel.popover = 'manual'
    keepReachable(host, shadow, signal, () => panel.showPopover(), onGone)
  } else document.documentElement.append(host)
}

/** Hears what the visitor does in the panel, and lets nobody else hear it. */
function listen(talk: Conversation, isRightToLeft: boolean, signal: AbortSignal): void {
  const { frame, taps, farewell } = talk
  const keys = createKeyHandler(isRightToLeft, {
    choose: score => choose(talk, score),
    focus: score => focusScore(talk, score),
    send: () => void send(talk),
    close: () => closeByVisitor(talk),
  })
  frame.shadow.addEventListener('kept-keydown', keys as EventListener)
  const scrollAnyway = createScrollAnyway(frame.panel)
  keepEvents(frame.host, frame.shadow, signal, event => {
    scrollAnyway(event)
    return taps.note(event) && !(farewell.isLeaving() && event.type === 'click')
  })
}

/** Lays out the question, what comes after it, and the way out, which is last in order: first one meets the question. */
function layOut(talk: Conversation, createExtras: CreateExtras | undefined, signal: AbortSignal) {
  const { options, words, frame, taps, digits } = talk
  const { settings } = options
  const extras = createExtras?.({
    settings,
    words,
    allowSharing(share) {
      talk.state = { ...talk.state, share }
    },
    optOut: word => optOut(talk, word),
  })
  if (extras) frame.addStyles(extras.css)
  const question = createQuestion({
    settings,
    words,
    extras,
    digits,
    choose: (score, event) => choose(talk, score, event),
  })
  const close = createCloseButton(words, () => closeByVisitor(talk))
  frame.body.append(question.element, frame.rest, close)
  talk.screens = createScreens({
    options,
    words,
    frame,
    taps,
    question,
    extras,
    signal,
    type: text => type(talk, text),
    send: () => void send(talk),
  })
  return { extras, question }
}

/** Shows the survey over the page, or in `container`. */
export const showPanel: ShowPanel = async options => {
  const { settings, draft } = options
  const [language, createExtras] = await fetchParts(options)
  const form = formOf(settings, createExtras, containerOf(options))
  const frame = createFrame(form, settings, language, createExtras && settings.scaleColor)
  const life = createLife(frame)
  const taps = createTaps()
  const live = createLiveRegion(frame.region)
  const leave = () => {
    live.stop()
    life.leave()
  }
  const farewell = createFarewell({ frame, taps, onClose: options.onClose, leave, remove: life.remove })
  const talk = {
    state: { text: '', ...draft },
    wantsField: false,
    isSending: false,
    options,
    words: language.words,
    digits: digitsOf(language.lang),
    frame,
    taps,
    live,
    farewell,
  } as Omit<Conversation, 'screens'> as Conversation
  const { extras, question } = layOut(talk, createExtras, life.signal)
  listen(talk, language.isRightToLeft, life.untilRemoved)

  // What was begun goes on with the screens after the question, which must be there then.
  if (draft) await talk.screens.complete()
  const asked = draft && talk.screens.show(talk.state, true)
  put(talk, extras, life.signal)
  // What is derived from the panel's own colours has them only now.
  followTheme(frame.panel, settings, extras, life.signal)
  options.onShow({ form, language: language.lang, question: question.text })
  greet(talk, asked || question.text)
  // After the frame in which the question is seen.
  requestAnimationFrame(() => setTimeout(() => void talk.screens.complete()))
  return { close: farewell.close }
}
