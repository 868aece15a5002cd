import type { Verdict } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import type { Courier } from '../courier/courier.js'
import { surveySettings } from '../settings/survey-settings.js'
import type { CloseReason, PanelChunk, PanelSettings } from '../survey/panel-types.js'
import { ABANDONED_MS, type Draft } from './draft.js'
import { createFlowContext, type FlowContext } from './flow-context.js'
import { createPendingYes } from './pending-yes.js'
import { resumeSession, type SessionOptions, type SurveySession, startSession } from './session.js'

/** On `window`, since one page may have widgets under several bases, and one survey at a time. */
const OPEN = Symbol.for('zeroten.open')

/** A survey that the page has wiped off with all that stood there (`document.open`, a hydration that failed) comes again. */
const COMEBACK_MS = 1_000
/** A page that removes it each time is not to be fought. */
const MAX_COMEBACKS = 3

/**
 * What only a response needs, a chunk of its own beside the survey: decides when the question comes, and never twice at once.
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

/** The place on the screen, which one survey at a time has. */
interface Stage {
  /** True from the moment when it is decided to show one until it is off the screen. */
  session(): SurveySession | undefined
  open(work: (options: SessionOptions) => Promise<SurveySession | undefined>): Promise<void>
  close(reason: CloseReason): void
}

interface StageOptions {
  flow: FlowContext
  showPanel: SessionOptions['show']
  /** @param isOver not to come again by the same yes */
  onEnd(reason: CloseReason | undefined, isOver: boolean): void
  /** What was asked of it while one was fetched can be tried again. */
  retry(): void
}

function createStage({ flow, showPanel, onEnd, retry }: StageOptions): Stage {
  const page = window as unknown as { [OPEN]?: boolean }
  let session: SurveySession | undefined
  let closing: CloseReason | undefined

  const open: Stage['open'] = async work => {
    if (page[OPEN]) return
    page[OPEN] = true
    closing = undefined
    const end = (reason?: CloseReason) => {
      delete page[OPEN]
      session = undefined
      // One that the page sends away may have a successor, whose yes is another one.
      onEnd(reason, reason !== 'navigation' && !closing)
    }
    try {
      session = await work({ show: showPanel, onEnd: end })
    } catch (error) {
      delete page[OPEN]
      throw error
    }
    if (!session) delete page[OPEN]
    // The visitor who was named while it was fetched may be the one whose it is.
    else if (closing && (closing !== 'score' || session.key !== flow.draftKey())) {
      session.close(closing)
      retry()
    } else {
      closing = undefined
      if (!flow.isHere()) session.close('navigation')
    }
  }
  return {
    session: () => session,
    open,
    close(reason) {
      closing = reason
      session?.close(reason)
    },
  }
}

/** A survey as a visitor would see it, of which nothing is kept or sent. */
const previewOf = (
  { loadWords, loadExtras, loadAnswerSteps }: FlowContext,
  settings: PanelSettings,
  { show, onEnd }: SessionOptions,
) => {
  const ignore = () => undefined
  return show({
    settings,
    loadWords,
    loadExtras,
    loadAnswerSteps,
    onShow: ignore,
    onScore: ignore,
    onText: ignore,
    onSubmit: async () => undefined,
    onClose: onEnd,
  })
}

/** The journal has done its work where the proxy has taken, or refused, what it holds. */
function dropJournal({ journal, emitter }: FlowContext): void {
  const forget = ({ id }: { id: string }) => {
    if (journal.read()?.event.id === id) journal.drop()
  }
  emitter.on('delivered', forget)
  emitter.on('rejected', forget)
}

/** While the page was in the back/forward cache, its visitor may have answered on another one. */
function closeAnswered({ emitter, signal }: WidgetContext, { store }: FlowContext, stage: Stage): void {
  const look = emitter.guard(async ({ persisted }: PageTransitionEvent) => {
    const { key } = (persisted && stage.session()) || {}
    if (key && ((await store.get(key)) as Draft | undefined)?.final) stage.session()?.close('navigation')
  })
  addEventListener('pageshow', look, { signal })
}

/** How what was left undone is taken up: by an earlier page, or by this one. */
interface Resumption {
  resume(): Promise<void>
  /** Once a draft that is left alone has become its score's response; the latest call counts. */
  resumeLater(): void
  /** In a moment, where the page wiped off a survey that was open; so often and no more. */
  comeBack(): void
}

function createResumption(
  context: WidgetContext,
  flow: FlowContext,
  stage: Stage,
  attempt: () => unknown,
): Resumption {
  const { emitter, signal } = context
  const { guard } = emitter
  const resume = async () => {
    try {
      await stage.open(options => resumeSession(flow, options))
    } finally {
      // A yes that became ripe meanwhile found the place taken.
      attempt()
    }
  }
  const resumeDraft = guard(() => {
    const { consent, isOff } = context.gates()
    // It may be open in another tab: here, it is only finished.
    const nowhere = { ...flow, isHere: () => false }
    if (consent === 'granted' && !isOff) return stage.open(options => resumeSession(nowhere, options))
  })
  const resumeAllowed = guard(() => {
    if (context.isAllowed()) return resume()
  })
  let comebacks = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  signal.addEventListener('abort', () => clearTimeout(timer))
  return {
    resume,
    resumeLater() {
      clearTimeout(timer)
      if (!signal.aborted) timer = setTimeout(resumeDraft, ABANDONED_MS + 1_000)
    },
    comeBack() {
      if (comebacks++ < MAX_COMEBACKS) setTimeout(resumeAllowed, COMEBACK_MS)
    },
  }
}

export function createScheduler(
  context: WidgetContext,
  courier: Courier,
  { prepare, showPanel }: PanelChunk,
): Scheduler {
  const { guard } = context.emitter
  const yes = createPendingYes(context, courier)
  const flow = createFlowContext(context, courier, {
    onSpent: yes.drop,
    onRemember: () => resumeLater(),
  })
  const stage = createStage({
    flow,
    showPanel,
    retry: () => attempt(),
    onEnd(reason, isOver) {
      if (isOver) yes.drop()
      // Where the page went from under it, nobody has answered: it comes again, or the score counts after its time.
      if (reason !== 'navigation') return
      resumeLater()
      if (flow.isHere()) comeBack()
    },
  })

  const attempt = guard(() => {
    if (yes.isRipe() && flow.isHere())
      return stage.open(options => startSession(flow, yes.ticketNow, options))
  })
  const { resume, resumeLater, comeBack } = createResumption(context, flow, stage, attempt)
  dropJournal(flow)
  closeAnswered(context, flow, stage)
  return {
    consider(verdict) {
      const taken = yes.take(verdict, attempt)
      if (!taken?.isNew) return void (taken && attempt())
      // By the time it comes, the network may be gone.
      prepare(flow)
      // Where it comes at once, the screens after it are not to hold it up.
      if (!yes.isRipe()) guard(flow.loadAnswerSteps)()
    },
    navigated() {
      const session = stage.session()
      if (!flow.isHere()) session?.close('navigation')
      else if (session) session.navigated?.()
      else attempt()
    },
    preview: async changes => {
      stage.session()?.close('stop')
      const settings = surveySettings({ ...context.settings, ...changes })
      await stage.open(options => previewOf(flow, settings, options))
    },
    resume,
    close(reason) {
      yes.withdraw()
      stage.close(reason)
    },
  }
}
