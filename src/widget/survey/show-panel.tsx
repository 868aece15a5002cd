import { render } from 'preact'
import { words as english } from '../locales/en.js'
import { languageOf } from '../locales/language.js'
import { WORD_NAMES } from '../locales/words.js'
import type { CloseReason, PanelOptions, ShowPanel } from '../panel.js'
import { fill } from './fill.js'
import { createKeyHandler } from './keys.js'
import { deriveAccent } from './palette.js'
import css from './panel.css?inline'
import { classOf, forClass, type PanelState } from './state.js'
import { Survey, type SurveyActions, type SurveyProps } from './survey.js'

const DEFAULT_ACCENT = '#3558d4'

/** Screen readers miss what a live region says in the moment it appears, and what is overtaken at once. */
const SPEAK_AFTER_MS = 600

/** How long a farewell stays that has no link to follow. */
const FAREWELL_MS = 5000

/** What would otherwise reach the page's own listeners: its shortcuts, its handlers that cancel clicks or pastes. */
const PRIVATE_EVENTS =
  'keydown keyup keypress beforeinput input paste cut copy click pointerdown mousedown touchstart'.split(' ')

async function loadLanguage({ settings, loadWords }: PanelOptions) {
  const code = languageOf(settings.language)
  if (code === 'en') return { code, words: english }
  try {
    return { code, words: await loadWords(code) }
  } catch {
    // Offline, or an old build whose chunk is gone: a question in English is better than none.
    return { code: 'en', words: english }
  }
}

export const showPanel: ShowPanel = async options => {
  const { settings, draft } = options
  const { code, words } = await loadLanguage(options)
  const isRightToLeft = /^(ar|fa|he)/.test(code)
  const tag = code.replace('informal', 'x-informal')
  const number = new Intl.NumberFormat(tag)

  const say: SurveyProps['say'] = (name, values = {}) => fill(words[WORD_NAMES.indexOf(name)] ?? '', values)

  let state: PanelState = {
    step: draft ? 'followUp' : 'question',
    text: draft?.text ?? '',
    share: false,
    isSending: false,
    hasFailed: false,
    ...(draft && { score: draft.score }),
  }
  let isOver = false
  let returnFocusTo: EventTarget | null = null
  let speech: ReturnType<typeof setTimeout> | undefined

  const host = document.createElement('zeroten-panel')
  const shadow = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]

  const panel = document.createElement('div')
  const live = document.createElement('div')
  const body = document.createElement('div')

  const update = (patch: Partial<PanelState>) => {
    state = { ...state, ...patch }
    render(
      <Survey state={state} settings={settings} say={say} digits={number.format} actions={actions} />,
      body,
    )
  }

  const speak = (text: string) => {
    clearTimeout(speech)
    speech = setTimeout(() => {
      live.textContent = text
    }, SPEAK_AFTER_MS)
  }

  const finish = (reason: CloseReason, leavesNow = true) => {
    if (isOver) return
    isOver = true
    options.onClose(reason)
    if (leavesNow) void leave()
  }

  const leave = async () => {
    clearTimeout(speech)
    panel.classList.add('out')
    await Promise.allSettled(panel.getAnimations?.().map(animation => animation.finished) ?? [])
    const hadFocus = shadow.activeElement
    host.remove()
    if (hadFocus && returnFocusTo instanceof HTMLElement) returnFocusTo.focus({ preventScroll: true })
  }

  const sayFarewell = (step: 'thanks' | 'optedOut') => {
    // What has the focus is about to go; the panel itself keeps it inside.
    if (shadow.activeElement) panel.focus({ preventScroll: true })
    update({ step, isSending: false })
    speak(say(step))
    const timer = setInterval(() => {
      if (panel.matches(':hover') || shadow.querySelector(':focus-visible')) return
      clearInterval(timer)
      if (isOver) void leave()
      else finish('response')
    }, FAREWELL_MS)
  }

  const actions: SurveyActions = {
    choose(score) {
      if (score !== state.score) {
        update({ score, step: 'followUp' })
        options.onScore(score)
        speak(forClass(settings.followUp, score) ?? say(classOf(score)))
      }
      radio(score)?.focus({ preventScroll: true })
    },
    type(text) {
      update({ text })
      options.onText(text)
    },
    allowSharing(share) {
      update({ share })
    },
    async send() {
      const { score, text, share } = state
      if (state.isSending || score === undefined) return
      update({ isSending: true, hasFailed: false })
      try {
        await options.onSubmit({ score, text, ...(settings.askPermission && { share }) })
      } catch {
        update({ isSending: false, hasFailed: true })
        speak(say('failed'))
        return
      }
      if (!isOver) sayFarewell('thanks')
    },
    optOut() {
      finish('opt_out', false)
      sayFarewell('optedOut')
    },
    close() {
      if (isOver) void leave()
      else finish(state.step === 'question' ? 'decline' : state.step === 'followUp' ? 'score' : 'response')
    },
  }

  const radio = (score: number) => shadow.querySelector<HTMLInputElement>(`input[value="${score}"]`)

  shadow.addEventListener(
    'keydown',
    createKeyHandler(isRightToLeft, {
      choose: score => radio(score) && actions.choose(score),
      focus: score => radio(score)?.focus(),
      send: actions.send,
      close: actions.close,
    }) as EventListener,
  )
  for (const type of PRIVATE_EVENTS) shadow.addEventListener(type, event => event.stopPropagation())
  // Only what crosses the border of the shadow tree comes here.
  host.addEventListener('focusin', event => {
    returnFocusTo = event.relatedTarget
  })

  panel.className = `panel ${settings.form ?? 'bar'} ${settings.position ?? 'bottom'} ${settings.density ?? ''}`
  panel.lang = tag
  panel.dir = isRightToLeft ? 'rtl' : 'ltr'
  panel.tabIndex = -1
  panel.setAttribute('role', 'region')
  panel.setAttribute('aria-labelledby', 'q')
  panel.setAttribute('part', 'panel')
  live.className = 'hidden'
  live.setAttribute('role', 'status')
  body.className = 'body'
  panel.append(live, body)
  shadow.append(panel)
  update({})

  // Beside <body>, not in it: no `body > :last-child` of the page changes its mind.
  document.documentElement.append(host)
  if (panel.showPopover) {
    panel.popover = 'manual'
    panel.showPopover()
  }

  const darkness = matchMedia('(prefers-color-scheme: dark)')
  const paint = () => {
    panel.classList.toggle(
      'dark',
      settings.theme === 'dark' || (settings.theme !== 'light' && darkness.matches),
    )
    deriveAccent(panel, DEFAULT_ACCENT)
    deriveAccent(panel, settings.accent ?? DEFAULT_ACCENT)
  }
  darkness.addEventListener('change', paint)
  paint()

  options.onShow()
  speak(say('announce', { question: shadow.getElementById('q')?.textContent ?? '' }))

  return { close: finish }
}
