import { render } from 'preact'
import { jsx } from 'preact/jsx-runtime'
import { grow } from './animate-height.js'
import { avoidKeyboard } from './avoid-keyboard.js'
import { fetchParts } from './fetch-parts.js'
import { findDeep } from './find-deep.js'
import { keepEvents } from './keep-events.js'
import { createKeyHandler } from './keys.js'
import css from './panel.css?inline'
import type { CloseReason, ShowPanel } from './panel-types.js'
import { noteFocus } from './return-focus.js'
import { createScrollAnyway } from './scroll-anyway.js'
import type { PanelState } from './state.js'
import { createSurvey } from './survey.js'
import { createTaps } from './taps.js'
import { keepReachable } from './top-layer.js'

/** Screen readers miss what a live region says in the moment it appears, and what is overtaken at once. */
const SPEAK_AFTER_MS = 600

/** As in panel.css. */
const FADE_MS = 150

/** How long a farewell stays that has no link to follow. */
const FAREWELL_MS = 5000

const styleSheet = (text: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(text)
  return sheet
}

export const showPanel: ShowPanel = async options => {
  const { settings, draft } = options
  const [[code, words], createMore] = await fetchParts(options)
  const wish = settings.form
  const container = options.container ?? (wish === 'inline' ? findDeep(document, 'zero-ten')[0] : undefined)
  const form =
    wish === 'popover' || (createMore && (wish === 'modal' || (wish === 'inline' && container)))
      ? wish
      : 'bar'
  const isRightToLeft = /^(ar|fa|he)/.test(code)
  const lang = code.replace('informal', 'x-informal')

  const leaving = new AbortController()
  const { signal } = leaving
  /** Ends a moment later: what is gone from sight still takes the second tap. */
  const removing = new AbortController()
  const taps = createTaps()
  let state: PanelState = { text: '', isNew: true, ...draft }
  let isSending = false
  let isOver = false
  let speech: ReturnType<typeof setTimeout> | undefined
  let staying: ReturnType<typeof setInterval> | undefined

  const host = document.createElement('zeroten-panel')
  const shadow = host.attachShadow({ mode: 'open' })
  const returnFocus = noteFocus(shadow, signal)
  const panel = document.createElement(form === 'modal' ? 'dialog' : 'div')
  const find = (selector: string) => shadow.querySelector<HTMLElement>(selector)
  const focus = (element: HTMLElement | null) => element?.focus({ preventScroll: true })
  const focusScore = (score: number) => focus(find(`[value="${score}"]`))

  const update = (patch: Partial<PanelState>) => {
    state = { ...state, ...patch }
    grow(panel, taps.leftMs(), () => render(survey(state), panel))
  }

  /** As {@link update}, and tells the live region, which is emptied first: so it speaks even when it says the same. */
  const tell = (patch: Partial<PanelState>) => {
    clearTimeout(speech)
    update({ isLoud: false, ...patch })
    speech = setTimeout(() => update({ isLoud: true }), SPEAK_AFTER_MS)
  }

  const leave = () => {
    clearTimeout(speech)
    clearInterval(staying)
    leaving.abort()
    panel.classList.add('out')
    // A clock rather than the end of the fade, which a tab in the background never reaches.
    setTimeout(
      () => {
        const hadFocus = shadow.activeElement
        removing.abort()
        host.remove()
        if (hadFocus) returnFocus()
      },
      Math.max(FADE_MS, taps.leftMs()),
    )
  }

  /** Once; what comes after it only fades. */
  const finish = (reason: CloseReason) => {
    if (isOver) return
    isOver = true
    options.onClose(reason)
  }

  const close = (reason: CloseReason) => {
    finish(reason)
    leave()
  }

  const sayFarewell = (patch: Partial<PanelState>) => {
    // What has the focus is about to go; the panel itself keeps it inside.
    if (shadow.activeElement) focus(panel)
    taps.renew()
    tell(patch)
    if (find('a')) return
    staying = setInterval(() => {
      // A finger leaves a hover behind that stays.
      const isHovered = matchMedia('(hover: hover)').matches && panel.matches(':hover')
      if (!isHovered && !find(':focus-visible')) close('response')
    }, FAREWELL_MS)
  }

  const actions = {
    choose(score: number, event?: Event) {
      if (!find('.scale')) return
      const isNew = score !== state.score
      if (isNew) tell({ score, isNew: false, isTyped: !event })
      // Who clicks with a mouse types next, and "10 out of 10" must not choose. For a finger the soft keyboard can wait.
      if ((event as PointerEvent | undefined)?.pointerType === 'mouse') focus(find('textarea'))
      else focusScore(score)
      if (isNew) options.onScore(score)
    },
    focus: focusScore,
    type(text: string) {
      update({ text })
      options.onText(text)
    },
    async send() {
      const { score = 0, text, share = false } = state
      if (isSending) return
      isSending = true
      update({ hasFailed: false })
      const isSent = await options.onSubmit({ score, text, ...(settings.askPermission && { share }) }).then(
        () => true,
        // Why, is the store's to tell; the visitor may try again.
        () => false,
      )
      isSending = false
      if (isOver) return
      if (isSent) sayFarewell({ isSent })
      else tell({ hasFailed: true })
    },
    close() {
      close(state.isSent ? 'response' : state.score === undefined ? 'decline' : 'score')
    },
  }
  const more = createMore?.({
    jsx,
    settings,
    words,
    allowSharing: share => update({ share }),
    optOut(farewell) {
      finish('opt_out')
      sayFarewell({ farewell })
    },
  })
  const survey = createSurvey({ settings, words, lang, more, ...actions })

  const { position = '', density, closePosition } = settings
  const attributes = {
    class: [
      'panel',
      form,
      /top/.exec(position),
      /start/.exec(position),
      density,
      closePosition && `close-${closePosition}`,
      more && settings.scaleColor,
    ]
      .filter(Boolean)
      .join(' '),
    part: 'panel',
    lang,
    dir: isRightToLeft ? 'rtl' : 'ltr',
    role: form === 'modal' ? 'dialog' : 'region',
    tabindex: '-1',
    'aria-labelledby': 'q',
  }
  for (const [name, value] of Object.entries(attributes)) panel.setAttribute(name, value)
  shadow.adoptedStyleSheets = [css, more?.css ?? ''].map(styleSheet)
  shadow.append(panel)
  shadow.addEventListener('kept-keydown', createKeyHandler(isRightToLeft, actions) as EventListener)
  const scrollAnyway = createScrollAnyway(panel)
  keepEvents(host, shadow, removing.signal, event => {
    scrollAnyway(event)
    return taps.note(event) && !(signal.aborted && event.type === 'click')
  })
  update({})

  const onGone = () => close('navigation')
  if (more && /modal|inline/.test(form)) {
    more.mount({
      host,
      panel,
      container,
      signal,
      onGone,
      close: actions.close,
      isAnswering: () => !!find('textarea'),
    })
  } else if (panel.showPopover) {
    panel.popover = 'manual'
    keepReachable(host, shadow, signal, () => panel.showPopover(), onGone)
  } else document.documentElement.append(host)
  avoidKeyboard(panel, signal)

  const darkness = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    const isDark = settings.theme === 'dark' || (settings.theme !== 'light' && darkness.matches)
    panel.classList.toggle('dark', isDark)
    more?.paint(panel)
  }
  darkness.addEventListener('change', paint, { signal })
  paint()

  options.onShow()
  // A dialog says its name by taking the focus, and what stands in the page is met on the way.
  if (form === 'bar' || form === 'popover') tell({})
  return { close }
}
