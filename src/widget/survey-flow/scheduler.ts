import { DELIVERY_VERSION, type Verdict } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import { nowMs, pageOrigin } from '../boot/platform.js'
import { normalizeUrl, pageLocation } from '../capture/page-url.js'
import { uuid } from '../capture/uuid.js'
import type { Courier } from '../courier/courier.js'
import { secondsOf } from '../courier/event-time.js'
import { surveySettings } from '../settings/survey-settings.js'
import { learn, UNHEARD_S } from '../storage/shared-state.js'
import type { CloseReason, PanelChunk, PanelSettings } from '../survey/panel-types.js'
import { delayS } from './delay.js'
import { type Draft, draftKey, findDrafts, isUnfinished } from './draft.js'
import { isResponseWaiting } from './is-response-waiting.js'
import { createJournal } from './journal.js'
import { isAllowedHere } from './page-rules.js'
import {
  ABANDONED_MS,
  type Core,
  resume,
  type SessionOptions,
  type SurveySession,
  startSession,
} from './session.js'

/** On `window`, since one page may have widgets under several bases, and one survey at a time. */
const OPEN = Symbol.for('zeroten.open')

/** A survey that the page has wiped off with all that stood there (`document.open`, a hydration that failed) comes again. */
const COMEBACK_MS = 1_000
/** A page that removes it each time is not to be fought. */
const MAX_COMEBACKS = 3

/** So long an answer takes to be written, at most: a yes that comes meanwhile was given before it. */
const WRITING_MS = 1_000

/**
 * What only an answer needs, a chunk of its own beside the survey: asks, and never twice at once.
 */
export interface Scheduler {
  /** Acts on a verdict: after the delay that the site wants, the question appears, on the next page where it may. */
  consider(verdict: Verdict): void
  /** There is another page: a survey that may not be on it leaves, one that waited for it comes. */
  navigated(): void
  /** Shows what a visitor would see, and keeps and sends nothing of it. */
  preview(changes?: PanelSettings): Promise<void>
  /** Takes up what an earlier page left undone: an answer to store, a draft to finish or to go on with. */
  resume(): Promise<void>
  close(reason: CloseReason): void
}

export function createScheduler(
  context: WidgetContext,
  courier: Courier,
  { prepare, showPanel }: PanelChunk,
): Scheduler {
  const settings = surveySettings(context.settings)
  const { emitter, identityHash, load, signal } = context
  const { store, state, queue, clock, flusher } = courier
  /** True from the moment when it is decided to show one until it is off the screen. */
  const page = window as unknown as { [OPEN]?: boolean }
  /** There is a yes that has not been used up; ripe after the delay that the site wants. */
  let due: { isRipe: boolean } | undefined
  let endedMs = -Infinity
  let session: SurveySession | undefined
  let closing: CloseReason | undefined
  let comebacks = 0

  const journal = createJournal(context.name)
  const nowS = () => secondsOf(clock.moment())

  const core: Core = {
    settings,
    emitter,
    store,
    clock,
    identityHash,
    journal,
    draftKey: () => draftKey(identityHash(), state.get().session),
    // The proxy refuses an address that is none.
    originUrl: () => normalizeUrl(undefined, settings) || `${pageOrigin()}/`,
    isWaiting: async event => (await queue.keys()).some(({ id }) => id === event.id),
    deliver: async (event, moment) => {
      if (event.type === 'opt_out') await state.update(() => ({ isOptedOut: true }))
      await flusher.add(event, moment)
      flusher.flush(0, true)
    },
    remember: isSurveyOpen => {
      // This page may be the last that comes by.
      if (isSurveyOpen) resumeLater()
      return state.update(() => ({ isSurveyOpen }))
    },
    answered: async (who, key) => {
      if (key === core.draftKey()) {
        due = undefined
        endedMs = nowMs()
      }
      const isSurveyOpen = (await findDrafts(store, core.draftKey())).some(([, draft]) => isUnfinished(draft))
      await state.update(now => ({
        // Whom nobody names is somebody else since the log-out.
        ...((who || key === draftKey(who, now.session)) &&
          learn(now, who, { verdict: { survey: false, until: nowS() }, answeredS: nowS() })),
        isSurveyOpen,
      }))
    },
    optOut: async () => {
      const moment = clock.moment()
      const ticket = state.get().known[identityHash()]?.ticket
      const event = {
        v: DELIVERY_VERSION,
        id: uuid(),
        type: 'opt_out',
        at: secondsOf(moment),
        ticket,
      } as const
      const written = journal.write({ event, isSettled: moment.isKnown })
      await core.deliver(event, moment)
      if (!store.hasUnpersisted()) journal.drop(written)
    },
    isHere: () => isHere(),
    loadExtras: () => load('extras'),
    loadAnswerSteps: () => load('steps'),
    loadWords: async code => ((await load(`words-${code}`)) as { words: readonly string[] }).words,
  }

  const forget = ({ id }: { id: string }) => {
    if (journal.read()?.event.id === id) journal.drop()
  }
  emitter.on('delivered', forget)
  emitter.on('rejected', forget)

  const isHere = () => isAllowedHere(settings, pageLocation())

  const open = async (work: (options: SessionOptions) => Promise<SurveySession | undefined>) => {
    if (page[OPEN]) return
    page[OPEN] = true
    closing = undefined
    const onEnd = (reason?: CloseReason) => {
      delete page[OPEN]
      session = undefined
      // Where the page went from under it, nobody has answered: it comes again, or the score counts after its time.
      if (reason === 'navigation') {
        resumeLater()
        if (isHere() && comebacks++ < MAX_COMEBACKS) setTimeout(comeBack, COMEBACK_MS)
      }
      // Who is sent away by the page may have a successor, whose yes is another one.
      else if (!closing) {
        due = undefined
        endedMs = nowMs()
      }
    }
    try {
      session = await work({ show: showPanel, onEnd })
      if (!session) delete page[OPEN]
      // Whoever was named while it was fetched may be the one whose it is.
      else if (closing && (closing !== 'score' || session.key !== core.draftKey())) {
        session.close(closing)
        attempt()
      } else {
        closing = undefined
        if (!isHere()) session.close('navigation')
      }
    } catch (error) {
      delete page[OPEN]
      throw error
    }
  }

  const resumeDraft = emitter.guard(() => {
    const { consent, isOff } = context.gates()
    // It may be open in another tab: here, it is only finished.
    const nowhere = { ...core, isHere: () => false }
    if (consent === 'granted' && !isOff) return open(options => resume(nowhere, options))
  })
  const resumeLater = () => setTimeout(resumeDraft, ABANDONED_MS + 1_000)

  const known = () => state.get().known[identityHash()] ?? {}

  /** @returns the ticket of a yes that still holds */
  const ticketOf = ({ survey, ticket, until = 0 }: Partial<Verdict> = {}): string | undefined => {
    const { answeredS = -Infinity } = known()
    const isHeard = nowS() - answeredS >= UNHEARD_S || settings.surveyImmediately
    return survey && until >= nowS() && isHeard && !state.get().isOptedOut ? ticket : undefined
  }

  /** Of what the proxy said last, to whichever tab. */
  const ticketNow = async (): Promise<string | undefined> => {
    if (await isResponseWaiting(courier, identityHash())) return undefined
    return due && ticketOf(known().verdict)
  }

  const delayMs = () =>
    delayS(settings, { pageViews: context.pageViews(), isCalled: context.gates().isCalled }) * 1_000

  const attempt = emitter.guard(() => {
    // Another page, or a call of the site's, ends a delay before its time.
    if (due && (due.isRipe || !delayMs()) && isHere())
      return open(options => startSession(core, ticketNow, options))
  })

  // While the page was in the back/forward cache, its visitor may have answered on another one.
  addEventListener(
    'pageshow',
    emitter.guard(async ({ persisted }: PageTransitionEvent) => {
      const { key } = (persisted && session) || {}
      if (key && ((await store.get(key)) as Draft | undefined)?.final) session?.close('navigation')
    }),
    { signal },
  )

  const resumeHere = async () => {
    try {
      await open(options => resume(core, options))
    } finally {
      // A yes that became ripe meanwhile found the place taken.
      attempt()
    }
  }
  const comeBack = emitter.guard(() => {
    if (context.isAllowed()) return resumeHere()
  })

  return {
    consider: verdict => {
      if (!ticketOf(verdict) || nowMs() - endedMs < WRITING_MS) return
      if (due) attempt()
      else {
        const waiting = { isRipe: false }
        due = waiting
        context.verdictMs = nowMs()
        // By the time it comes, the network may be gone.
        prepare(core)
        setTimeout(() => {
          waiting.isRipe = true
          attempt()
        }, delayMs())
      }
    },
    navigated: () => {
      if (isHere()) attempt()
      else session?.close('navigation')
    },
    preview: async changes => {
      session?.close('stop')
      await open(({ onEnd }) =>
        showPanel({
          settings: surveySettings({ ...settings, ...changes }),
          loadWords: core.loadWords,
          loadExtras: core.loadExtras,
          loadAnswerSteps: core.loadAnswerSteps,
          onShow: () => undefined,
          onScore: () => undefined,
          onText: () => undefined,
          onSubmit: async () => undefined,
          onClose: onEnd,
        }),
      )
    },
    resume: resumeHere,
    close: reason => {
      closing = reason
      due = undefined
      session?.close(reason)
    },
  }
}
