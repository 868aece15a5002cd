import { type Conversation, createConversation } from './conversation.js'
import { digitsOf } from './digits.js'
import type { CreateExtras, Extras } from './extras/extras.js'
import { fetchParts } from './fetch-parts.js'
import { findDeep } from './find-deep.js'
import { followTheme } from './follow-theme.js'
import { createFrame, type Frame } from './frame.js'
import { keepEvents } from './keep-events.js'
import { createKeyHandler } from './keys.js'
import type { PanelForm, PanelOptions, PanelSettings, ShowPanel } from './panel-types.js'
import { createCloseButton, createQuestion } from './question.js'
import { noteFocus } from './return-focus.js'
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

interface Putting {
  frame: Frame
  extras: Extras | undefined
  container: Element | undefined
  signal: AbortSignal
  conversation: Conversation
}

/** Puts the panel on the screen, in the place of its form. */
function put({ frame, extras, container, signal, conversation }: Putting): void {
  const { form, host, shadow, panel } = frame
  const onGone = () => conversation.close('navigation')
  if (extras && /modal|inline/.test(form)) {
    const isAnswering = () => !!frame.find('textarea')
    extras.mount({ host, panel, container, signal, onGone, close: conversation.actions.close, isAnswering })
  } else if (panel.showPopover) {
    panel.popover = 'manual'
    keepReachable(host, shadow, signal, () => panel.showPopover(), onGone)
  } else document.documentElement.append(host)
}

export const showPanel: ShowPanel = async options => {
  const { settings } = options
  const [language, createExtras] = await fetchParts(options)
  const { words, lang, isRightToLeft } = language
  const container = containerOf(options)
  const form = formOf(settings, createExtras, container)
  const frame = createFrame(form, settings, language, createExtras && settings.scaleColor)
  const { host, shadow, panel, body } = frame

  const digits = digitsOf(lang)
  const leaving = new AbortController()
  const { signal } = leaving
  /** Ends a moment later: what is gone from sight still takes the second tap. */
  const removing = new AbortController()
  const taps = createTaps()
  const returnFocus = noteFocus(shadow, signal)

  const conversation = createConversation({
    options,
    words,
    digits,
    frame,
    taps,
    signal,
    leave: () => leaving.abort(),
    remove() {
      const hadFocus = shadow.activeElement
      removing.abort()
      host.remove()
      if (hadFocus) returnFocus()
    },
  })
  const { actions } = conversation
  const extras = createExtras?.({
    settings,
    words,
    allowSharing: conversation.allowSharing,
    optOut: conversation.optOut,
  })
  if (extras) frame.addStyles(extras.css)
  const question = createQuestion({ settings, words, extras, digits, choose: actions.choose })
  // The way out is last in order, so that whoever comes by keyboard meets the question before it.
  body.append(question.element, frame.rest, createCloseButton(words, actions.close))

  shadow.addEventListener('kept-keydown', createKeyHandler(isRightToLeft, actions) as EventListener)
  const scrollAnyway = createScrollAnyway(panel)
  keepEvents(host, shadow, removing.signal, event => {
    scrollAnyway(event)
    return taps.note(event) && !(signal.aborted && event.type === 'click')
  })
  await conversation.begin(question, extras)

  put({ frame, extras, container, signal, conversation })
  // What is derived from the panel's own colours has them only now.
  followTheme(panel, settings, extras, signal)
  options.onShow()
  conversation.greet()
  return { close: conversation.close }
}
