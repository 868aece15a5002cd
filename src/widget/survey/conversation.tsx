/** @jsxImportSource ./dom */
import type { Words } from '../locales/messages.js'
import type { Extras } from './extras/extras.js'
import { fetchAnswerSteps } from './fetch-parts.js'
import { fill } from './fill.js'
import type { Frame } from './frame.js'
import { createLiveRegion } from './live-region.js'
import type { AnswerSteps, CloseReason, PanelOptions } from './panel-types.js'
import type { Question } from './question.js'
import type { PanelState } from './state.js'
import type { Taps } from './taps.js'

/** As in panel.css. */
const FADE_MS = 150

/** How long a farewell stays that has no link to follow. */
const FAREWELL_MS = 5000

export interface ConversationOptions {
  options: PanelOptions
  words: Words
  digits(score: number): string
  frame: Frame
  taps: Taps
  /** Ends with the panel. */
  signal: AbortSignal
  leave(): void
  /** Takes the panel out of the page, when it is out of sight. */
  remove(): void
}

export type Conversation = ReturnType<typeof createConversation>

/** What is said and done from the question to the farewell. */
export function createConversation(given: ConversationOptions) {
  const { options, words, digits, frame, taps, signal } = given
  const { panel, rest, find, focus } = frame
  const [, , , , , , , , , , , , thanks, , announce] = words
  const live = createLiveRegion(frame.region)
  let state: PanelState = { text: '', ...options.draft }
  let question: Question
  let extras: Extras | undefined
  let steps: AnswerSteps | undefined
  /** The visitor came by mouse, and types next. */
  let wantsField = false
  let isSending = false
  let isOver = false
  let staying: ReturnType<typeof setInterval> | undefined

  const focusScore = (score: number) => focus(find(`[value="${score}"]`))

  /** Once; what comes after it only fades. */
  const finish = (reason: CloseReason) => {
    if (isOver) return
    isOver = true
    options.onClose(reason)
  }

  const close = (reason: CloseReason) => {
    finish(reason)
    live.stop()
    clearInterval(staying)
    given.leave()
    panel.classList.add('out')
    // A clock rather than the end of the fade, which a tab in the background never reaches.
    setTimeout(given.remove, Math.max(FADE_MS, taps.leftMs()))
  }

  /** Goes by itself, unless there is something to follow, or the visitor is still there. */
  const stayFor = (reason: CloseReason) => {
    clearInterval(staying)
    if (find('a')) return
    staying = setInterval(() => {
      // A finger leaves a hover behind that stays.
      const isHovered = matchMedia('(hover: hover)').matches && panel.matches(':hover')
      if (!isHovered && !find(':focus-visible')) close(reason)
    }, FAREWELL_MS)
  }

  /** What has the focus is about to go; the panel itself keeps it inside. */
  const keepFocus = () => {
    if (frame.shadow.activeElement) focus(panel)
    taps.renew()
  }

  /** Without the steps: a word of thanks is all that there is to say. */
  const sayPlainly = (text: string) => {
    rest.replaceChildren(
      <p part="thanks" class="title word">
        {text}
      </p>,
    )
    live.say(text)
  }

  /** @returns what there is to be said to screen readers */
  const show = (patch: Partial<PanelState>, isFirst?: boolean): string => {
    state = { ...state, ...patch }
    const { score, isSent } = state
    const change = () => {
      if (isSent) question.element.remove()
      else if (score !== undefined) question.mark(score)
    }
    if (steps) return steps.show(state, { holdMs: taps.leftMs(), isFirst, change })
    change()
    return ''
  }

  const load = async () => {
    const createSteps = steps ? undefined : await fetchAnswerSteps(options)
    if (!createSteps || steps || signal.aborted) return
    rest.replaceChildren()
    steps = createSteps({ settings: options.settings, words, panel, rest, extras, signal, type, send })
    frame.addStyles(steps.css)
  }

  /** The score counts whether or not there are steps; these may still be under way, or never come. */
  const follow = async (isTyped: boolean) => {
    show({})
    if (!steps) await load()
    if (signal.aborted || state.isSent || state.score === undefined) return
    if (steps) {
      clearInterval(staying)
      const spoken = show({})
      live.say(isTyped ? `${digits(state.score)}. ${spoken}` : spoken)
      if (wantsField) focus(find('textarea'))
    } else {
      sayPlainly(thanks)
      stayFor('score')
    }
  }

  const choose = (score: number, event?: Event) => {
    // Who came by mouse and types before the field is there means the field.
    if (isOver || state.isSent || (!event && wantsField && !steps)) return
    const isNew = score !== state.score
    state = { ...state, score }
    // Who clicks with a mouse types next, and "10 out of 10" must not choose. For a finger the soft keyboard can wait.
    wantsField = (event as PointerEvent | undefined)?.pointerType === 'mouse'
    if (isNew) void follow(!event)
    if (!wantsField || !steps) focusScore(score)
    else focus(find('textarea'))
    if (isNew) options.onScore(score)
  }

  const type = (text: string) => {
    state = { ...state, text }
    options.onText(text)
  }

  const send = async () => {
    const { score = 0, text, share = false } = state
    if (isSending) return
    isSending = true
    show({ hasFailed: false })
    const isSent = await options
      .onSubmit({ score, text, ...(options.settings.askPermission && { share }) })
      .then(
        () => true,
        // Why, is the store's to tell; the visitor may try again.
        () => false,
      )
    isSending = false
    if (isOver) return
    if (isSent) keepFocus()
    live.say(show({ isSent, hasFailed: !isSent }))
    if (isSent) stayFor('response')
  }

  return {
    close,
    actions: {
      choose,
      focus: focusScore,
      send,
      close: () => close(state.isSent ? 'response' : state.score === undefined ? 'decline' : 'score'),
    },
    allowSharing(share: boolean) {
      state = { ...state, share }
    },
    optOut(farewell: string) {
      finish('opt_out')
      keepFocus()
      question.element.remove()
      sayPlainly(farewell)
      rest.firstElementChild?.setAttribute('id', 'q')
      stayFor('response')
    },
    /** Before the panel is shown. A draft needs the steps at once. */
    async begin(first: Question, more: Extras | undefined) {
      question = first
      extras = more
      if (options.draft) await load()
      if (options.draft) show({}, true)
    },
    /** When it is shown. */
    greet() {
      // A dialog says its name by taking the focus, and what stands in the page is met on the way.
      if (!/modal|inline/.test(frame.form)) {
        const asked = (options.draft && show({}, true)) || question.text
        live.say(fill(announce, { question: asked }))
      }
      // After the frame in which the question is seen.
      requestAnimationFrame(() => setTimeout(load))
    },
  }
}
