import { render } from 'preact'
import { words as english } from '../locales/en.js'
import { languageOf } from '../locales/language.js'
import type { Words } from '../locales/words.js'
import type { CloseReason, PanelOptions, ShowPanel } from '../panel.js'
import { avoidKeyboard } from './avoid-keyboard.js'
import { createKeyHandler } from './keys.js'
import { derivePalette } from './palette.js'
import css from './panel.css?inline'
import { keepReachable } from './place.js'
import type { PanelState } from './state.js'
import { createSurvey, type SurveyActions } from './survey.js'
import { createTexts } from './texts.js'

/** Screen readers miss what a live region says in the moment it appears, and what is overtaken at once. */
const SPEAK_AFTER_MS = 600

/** How long a farewell stays that has no link to follow. */
const FAREWELL_MS = 5000

/** What would otherwise reach the page's own listeners: its shortcuts, its handlers that cancel clicks or pastes. */
const PRIVATE_EVENTS =
  'keydown keyup keypress beforeinput input paste cut copy click pointerdown mousedown touchstart'

async function loadLanguage({ settings, loadWords }: PanelOptions): Promise<[string, Words]> {
  const code = languageOf(settings.language)
  try {
    if (code !== 'en') return [code, (await loadWords(code)) as Words]
  } catch {
    // Offline, or an old build whose chunk is gone: a question in English is better than none.
  }
  return ['en', english]
}

const isReduced = () => matchMedia('(prefers-reduced-motion: reduce)').matches

export const showPanel: ShowPanel = async options => {
  const { settings, draft } = options
  const [code, words] = await loadLanguage(options)
  const container =
    settings.form === 'inline' ? (options.container ?? document.querySelector('zero-ten')) : undefined
  const form = container ? 'inline' : /popover|modal/.exec(settings.form ?? '')?.[0] || 'bar'
  const isModal = form === 'modal'
  const isRightToLeft = /^(ar|fa|he)/.test(code)
  const lang = code.replace('informal', 'x-informal')
  const digits = new Intl.NumberFormat(lang).format
  const texts = createTexts(settings, words, digits)

  let state: PanelState = { step: 'question', text: '', share: false, hasFailed: false }
  if (draft) state = { ...state, ...draft, step: 'followUp' }
  let isSending = false
  let isOver = false
  let lastFocus: EventTarget | undefined
  let returnFocusTo: EventTarget | undefined
  let speech: ReturnType<typeof setTimeout> | undefined
  const cleanUps: (() => void)[] = []

  const host = document.createElement('zeroten-panel')
  const shadow = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]
  const panel = document.createElement(isModal ? 'dialog' : 'div')
  const live = document.createElement('div')
  const body = document.createElement('div')
  const radio = (score: number) => shadow.querySelector<HTMLInputElement>(`input[value="${score}"]`)

  const speak = (text: string) => {
    clearTimeout(speech)
    speech = setTimeout(() => {
      live.textContent = text
    }, SPEAK_AFTER_MS)
  }

  const update = (patch: Partial<PanelState>) => {
    const before = body.offsetHeight
    state = { ...state, ...patch }
    render(survey(state), body)
    const after = body.offsetHeight
    if (before && before !== after && !isReduced()) {
      body.animate?.(
        [before, after].map(height => ({ height: `${height}px`, overflow: 'hidden' })),
        { duration: 240, easing: 'cubic-bezier(.2,.8,.2,1)' },
      )
    }
  }

  const leave = async () => {
    clearTimeout(speech)
    for (const cleanUp of cleanUps.splice(0)) cleanUp()
    panel.classList.add('out')
    await Promise.allSettled(panel.getAnimations?.().map(animation => animation.finished) ?? [])
    const hadFocus = shadow.activeElement
    host.remove()
    if (hadFocus && returnFocusTo instanceof HTMLElement) returnFocusTo.focus({ preventScroll: true })
  }

  /** Once; what comes after it only fades. */
  const finish = (reason: CloseReason) => {
    if (isOver) return
    isOver = true
    options.onClose(reason)
  }

  const close = (reason: CloseReason) => {
    finish(reason)
    void leave()
  }

  const sayFarewell = (step: 'thanks' | 'optedOut') => {
    // What has the focus is about to go; the panel itself keeps it inside.
    if (shadow.activeElement) panel.focus({ preventScroll: true })
    update({ step })
    speak(shadow.getElementById('q')?.textContent ?? '')
    if (shadow.querySelector('a')) return
    const timer = setInterval(() => {
      if (!panel.matches(':hover') && !shadow.querySelector(':focus-visible')) close('response')
    }, FAREWELL_MS)
    cleanUps.push(() => clearInterval(timer))
  }

  const actions: SurveyActions = {
    choose(score) {
      radio(score)?.focus({ preventScroll: true })
      if (score === state.score) return
      update({ score, step: 'followUp' })
      options.onScore(score)
      speak(texts.followUp(score))
    },
    type(text) {
      update({ text })
      options.onText(text)
    },
    allowSharing(share) {
      update({ share })
    },
    async send() {
      const { score = 0, text, share } = state
      if (isSending) return
      isSending = true
      update({ hasFailed: false })
      try {
        await options.onSubmit({ score, text, ...(settings.askPermission && { share }) })
        if (!isOver) sayFarewell('thanks')
      } catch {
        update({ hasFailed: true })
        speak(texts.failed)
      }
      isSending = false
    },
    optOut() {
      finish('opt_out')
      sayFarewell('optedOut')
    },
    close() {
      const { step } = state
      close(step === 'question' ? 'decline' : step === 'followUp' ? 'score' : 'response')
    },
  }
  const survey = createSurvey({ settings, texts, digits, actions })

  const listen = (target: EventTarget, type: string, listener: (event: never) => void, capture = false) => {
    target.addEventListener(type, listener as EventListener, capture)
    cleanUps.push(() => target.removeEventListener(type, listener as EventListener, capture))
  }
  shadow.addEventListener(
    'keydown',
    createKeyHandler(isRightToLeft, {
      choose: score => radio(score) && actions.choose(score),
      focus: score => radio(score)?.focus(),
      send: actions.send,
      close: actions.close,
    }) as EventListener,
  )
  for (const type of PRIVATE_EVENTS.split(' '))
    shadow.addEventListener(type, event => event.stopPropagation())
  listen(
    document,
    'focusout',
    (event: FocusEvent) => {
      lastFocus = event.composedPath()[0]
    },
    true,
  )
  // Only what crosses the border of the shadow tree comes here.
  host.addEventListener('focusin', event => {
    returnFocusTo = event.relatedTarget ? lastFocus : undefined
  })

  const { position = '', density, closePosition } = settings
  panel.className = [
    'panel',
    form,
    /top/.exec(position)?.[0],
    /start/.exec(position)?.[0],
    density,
    closePosition === 'start' && 'close-start',
  ].join(' ')
  panel.lang = lang
  panel.dir = isRightToLeft ? 'rtl' : 'ltr'
  panel.tabIndex = -1
  panel.role = isModal ? 'dialog' : 'region'
  panel.setAttribute('aria-labelledby', 'q')
  panel.setAttribute('part', 'panel')
  live.className = 'hidden'
  live.role = 'status'
  body.className = 'body'
  panel.append(live, body)
  shadow.append(panel)
  update({})

  const onGone = () => close('navigation')
  if (container) {
    container.append(host)
    const observer = new MutationObserver(() => host.isConnected || onGone())
    observer.observe(document, { subtree: true, childList: true })
    cleanUps.push(() => observer.disconnect())
  } else if (panel instanceof HTMLDialogElement) {
    document.documentElement.append(host)
    listen(panel, 'cancel', (event: Event) => {
      event.preventDefault()
      actions.close()
    })
    listen(
      panel,
      'click',
      (event: Event) => event.target === panel && state.step !== 'followUp' && actions.close(),
    )
    panel.showModal()
    panel.focus()
  } else if (panel.showPopover) {
    panel.popover = 'manual'
    cleanUps.push(keepReachable(host, () => panel.showPopover(), onGone))
  } else {
    document.documentElement.append(host)
  }
  cleanUps.push(avoidKeyboard(panel))

  const darkness = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    panel.classList.toggle(
      'dark',
      settings.theme === 'dark' || (settings.theme !== 'light' && darkness.matches),
    )
    derivePalette(panel, settings.accent)
  }
  listen(darkness, 'change', paint)
  paint()

  options.onShow()
  if (!isModal) speak(texts.announcement)
  return { close: reason => isOver || close(reason) }
}
