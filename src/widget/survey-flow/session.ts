import type { DeliveryEvent } from '../../wire/delivery.js'
import { type Moment, secondsOf } from '../courier/event-time.js'
import type { CloseReason, Panel, ShowPanel } from '../survey/panel-types.js'
import { ABANDONED_MS, type Draft, type DraftStore, findDrafts, isAbandoned, openDraft } from './draft.js'
import { baseOf, finish, isOverruled, toScoreAlone } from './final-event.js'
import type { FlowContext } from './flow-context.js'
import { isIgnored } from './ignored.js'
import { countSeenPages, endIfIgnored, recordImpression, showingOf } from './impressions.js'
import { repairText } from './repair-text.js'

/** Text is stored this long after a change of it, and with it all that was typed meanwhile. */
const TEXT_MS = 800

/** A survey on the screen. */
export interface SurveySession {
  /** Of its draft. */
  key?: string
  /** Takes it off the screen; a score that was chosen counts from then on where `reason` is `score`. */
  close(reason: CloseReason): void
  /** The page has become another one beneath it. */
  navigated?(): void
}

export interface SessionOptions {
  show: ShowPanel
  onEnd(reason: CloseReason): void
}

/**
 * Asks the visitor: shows the panel, and makes exactly one response or decline of what they do.
 *
 * @param ticketNow of the yes; undefined where what an earlier page left has used it up
 */
export async function startSession(
  flow: FlowContext,
  ticketNow: () => Promise<string | undefined>,
  options: SessionOptions,
): Promise<SurveySession | undefined> {
  // What an earlier page has left comes first: the new draft would take its place.
  const resumed = await resumeSession(flow, options)
  const ticket = resumed ? undefined : await ticketNow()
  if (!ticket) return resumed
  const start = { who: flow.identityHash(), ticket, originUrl: flow.originUrl() }
  const { store, settings } = flow
  const isOver = (old: Draft) => old.ignoredMs !== undefined && !isIgnored(old, settings)
  const [drafts, draft] = await openDraft(store, flow.draftKey(), start, isOver)
  if (isIgnored(draft, settings)) await flow.spend(draft.who, drafts.key, false)
  else if (!(await endIfIgnored(flow, drafts, draft))) return present(flow, [drafts, draft], options)
  return undefined
}

/** Goes on with what an earlier page left. @returns the survey, where it is on the screen again */
export async function resumeSession(
  flow: FlowContext,
  options: SessionOptions,
): Promise<SurveySession | undefined> {
  const { store, journal } = flow
  const found = await findDrafts(store, flow.draftKey())
  if (!journal.read() && !found.some(([, draft]) => isLeft(draft))) {
    await flow.remember(false)
    return undefined
  }
  const { takeUpDrafts } = await flow.loadDrafts()
  const left = await takeUpDrafts(flow)
  return left && present(flow, left, options)
}

/** Whether something is to be made of a draft, or it is to be put away. */
const isLeft = (draft: Draft): boolean =>
  draft.final ? !draft.isQueued || isAbandoned(draft) : draft.score !== undefined

/** Keeps the draft up to date. @param abandon the visitor has not done anything for long */
function createDraftWriter({ emitter }: FlowContext, drafts: DraftStore, abandon: () => void) {
  let pendingText: string | undefined
  let textTimer: ReturnType<typeof setTimeout> | undefined
  let idleTimer: ReturnType<typeof setTimeout> | undefined
  const change = emitter.guard((part: Partial<Draft>) => {
    clearTimeout(idleTimer)
    idleTimer = setTimeout(abandon, ABANDONED_MS)
    return drafts.change({ ...part, touchedMs: Date.now() })
  })
  const dropText = () => {
    const text = pendingText
    clearTimeout(textTimer)
    textTimer = pendingText = undefined
    return text
  }
  const keepText = () => {
    const text = dropText()
    if (text !== undefined) change({ text })
  }
  addEventListener('pagehide', keepText)
  return {
    change,
    dropText,
    keepText,
    type(text: string) {
      pendingText = text
      textTimer ??= setTimeout(keepText, TEXT_MS)
    },
    stop() {
      removeEventListener('pagehide', keepText)
      dropText()
      clearTimeout(idleTimer)
    },
  }
}

/** Makes one response or decline of a draft; each act is written to the journal first, so that no crash loses it. */
function createConclusion(
  flow: FlowContext,
  drafts: DraftStore,
  draft: Draft,
  writer: ReturnType<typeof createDraftWriter>,
) {
  const { emitter, clock, journal, store } = flow
  let moment: Moment = clock.past(draft.at, draft.isSettled)
  /** Who has acted has seen it, whatever the second that it takes says. After the act itself, and nothing waits for it. */
  const noteSeen = emitter.guard(() => recordImpression(flow, draft))
  const shown = () => draft.survey && { survey: draft.survey }
  const conclude = async (event: DeliveryEvent, make: (current: Draft) => DeliveryEvent | undefined) => {
    const written = journal.write({ event, isSettled: moment.isKnown })
    await finish(flow, drafts, make, moment)
    // What memory alone has is safe only when it is delivered.
    if (!store.hasUnpersisted()) journal.drop(written)
    noteSeen()
  }
  return {
    choose(score: number) {
      moment = clock.moment()
      // The page that the question was joined on, where another one had it before, is not the one where it is answered.
      const at = secondsOf(moment)
      const chosen = { score, at, isSettled: moment.isKnown, originUrl: draft.originUrl, ...shown() }
      Object.assign(draft, chosen)
      const entry = { event: toScoreAlone(draft), isSettled: moment.isKnown, isDraft: true } as const
      const written = journal.write(entry)
      flow.remember(true)
      writer.change(chosen).then(() => store.hasUnpersisted() || journal.drop(written))
      emitter.emit('score', { score })
    },
    async send({ score, text: typed, share }: { score: number; text: string; share?: boolean }) {
      const text = repairText(typed)
      writer.dropText()
      const make = (current: Draft): DeliveryEvent => ({
        ...toScoreAlone({ ...current, ...shown(), score, at: secondsOf(moment), originUrl: draft.originUrl }),
        ...(text && { text }),
        ...(share !== undefined && { share }),
      })
      await conclude(make(draft), make)
      if (text) emitter.emit('comment', { text })
    },
    async close(reason: CloseReason) {
      if (reason === 'opt_out') await flow.optOut().then(noteSeen)
      if (reason === 'decline') {
        moment = clock.moment()
        const { originUrl } = draft
        const event: DeliveryEvent = {
          ...baseOf(draft, secondsOf(moment)),
          type: 'decline',
          origin_url: originUrl,
        }
        await conclude(event, current => (isOverruled(event, current) ? undefined : event))
      } else if (draft.score !== undefined && /^(score|opt_out)$/.test(reason)) {
        await finish(flow, drafts, toScoreAlone, moment)
        noteSeen()
      }
    },
  }
}

async function present(
  flow: FlowContext,
  [drafts, draft]: [DraftStore, Draft],
  options: SessionOptions,
): Promise<SurveySession> {
  const { emitter, settings, loadWords, loadExtras, loadAnswerSteps } = flow
  const { score, text } = draft
  const writer = createDraftWriter(flow, drafts, () => panel.close('score'))
  const conclusion = createConclusion(flow, drafts, draft, writer)
  const pages = countSeenPages(flow, drafts, draft)
  const panel: Panel = await options.show({
    settings,
    ...(score !== undefined && { draft: { score, text } }),
    loadWords,
    loadExtras,
    loadAnswerSteps,
    onShow(shown) {
      draft.survey ??= showingOf(shown)
      emitter.emit('show', {})
    },
    onSeen: pages.seen,
    onScore: conclusion.choose,
    onText: writer.type,
    onSubmit: conclusion.send,
    onClose: emitter.guard(async reason => {
      pages.stop()
      // It will come again, with what was typed.
      if (reason === 'navigation' || reason === 'stop') writer.keepText()
      writer.stop()
      options.onEnd(reason)
      emitter.emit('close', { reason })
      await conclusion.close(reason)
    }),
  })
  if (score !== undefined) writer.change({})
  return {
    key: drafts.key,
    close: panel.close,
    navigated: emitter.guard(async () => {
      if (await endIfIgnored(flow, drafts, draft)) panel.close('stop')
      else pages.navigated()
    }),
  }
}
