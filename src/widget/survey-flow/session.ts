import { DELIVERY_VERSION, type DeliveryEvent } from '../../wire/delivery.js'
import type { Emitter } from '../boot/emitter.js'
import { type Clock, type Moment, secondsOf } from '../courier/event-time.js'
import type { Store } from '../courier/store.js'
import type { CloseReason, Panel, PanelOptions, PanelSettings, ShowPanel } from '../survey/panel-types.js'
import { type Draft, type DraftStore, findDrafts, isUnfinished, openDraft } from './draft.js'
import type { Journal, JournalEntry } from './journal.js'
import { repairText } from './repair-text.js'

/** So long a score waits for its text. */
export const ABANDONED_MS = 30 * 60_000
/** Text is stored this long after a change of it, and with it all that was typed meanwhile. */
const TEXT_MS = 800

/** What the core lends to this chunk. */
export interface Core extends Required<Pick<PanelOptions, 'loadWords' | 'loadExtras' | 'loadAnswerSteps'>> {
  store: Store
  emitter: Emitter
  clock: Clock
  settings: PanelSettings
  journal: Journal
  /** Of whoever is here. */
  identityHash(): string
  /** Where the draft of whoever is here lies. */
  draftKey(): string
  /** The page's URL, as it may be recorded. */
  originUrl(): string
  /** Whether the question may stand on this page. */
  isHere(): boolean
  /** Whether it is stored, and not yet delivered. */
  isWaiting(event: DeliveryEvent): Promise<boolean>
  /** Stores an event durably and sends it at once. */
  deliver(event: DeliveryEvent, moment: Moment): Promise<void>
  /** Whether a page that comes has something to take up; and looks at what other tabs have written. */
  remember(isSurveyOpen: boolean): Promise<void>
  /** The visitor has answered, or refused to: the verdict is used up. @param key of the draft */
  answered(who: string, key: string): Promise<void>
  optOut(): Promise<void>
}

/** A survey on the screen. */
export interface SurveySession {
  /** Of its draft. */
  key?: string
  /** Takes it off the screen; a score that was chosen counts from then on where `reason` is `score`. */
  close(reason: CloseReason): void
}

export interface SessionOptions {
  show: ShowPanel
  container?: Element | undefined
  onEnd(reason: CloseReason): void
}

/**
 * Asks the visitor: shows the panel, and makes exactly one response or decline of what they do.
 *
 * @param ticketNow of the yes; undefined where what an earlier page left has used it up
 */
export async function startSession(
  core: Core,
  ticketNow: () => Promise<string | undefined>,
  options: SessionOptions,
): Promise<SurveySession | undefined> {
  // First what an earlier page has left: the new draft takes its place.
  const resumed = await resume(core, options)
  const ticket = resumed ? undefined : await ticketNow()
  if (!ticket) return resumed
  const start = { who: core.identityHash(), ticket, originUrl: core.originUrl() }
  const opened = await openDraft(core.store, core.draftKey(), start)
  return present(core, opened, options)
}

/**
 * Takes up what earlier pages left: an answer that was not yet put, drafts that are finished, and one to go on with. What
 * somebody else is about to answer, perhaps in another tab, is left alone until it is abandoned.
 *
 * @returns the survey, where it is on the screen again
 */
export async function resume(core: Core, options: SessionOptions): Promise<SurveySession | undefined> {
  const { journal, clock } = core
  const found = await findDrafts(core.store, core.draftKey())
  const lost = journal.read()
  const ofLost = found.find(([, { id }]) => id === lost?.event.id)
  if (lost) await takeUp(core, lost, ofLost)
  let mine: [DraftStore, Draft] | undefined
  let isLeft = false
  for (const [drafts, draft] of found) {
    const isOfLost = !lost?.isDraft && draft === ofLost?.[1]
    const isAbandoned = Date.now() - draft.touchedMs > ABANDONED_MS
    if (draft.final) {
      // As long as the journal is there, what was made of the draft may have reached no store.
      if (!draft.isQueued || isOfLost) {
        await deliverAgain(core, draft.final, draft.isSettled)
        await drafts.queued()
        await core.answered(draft.who, drafts.key)
      } else if (isAbandoned) await drafts.remove()
    } else if (isUnfinished(draft) && !isOfLost) {
      if (isAbandoned) await finish(core, drafts, toScoreAlone, clock.past(draft.at, draft.isSettled))
      else {
        isLeft = true
        if (drafts.key === core.draftKey()) mine = [drafts, draft]
      }
    }
  }
  if (lost && !core.store.hasUnpersisted()) journal.drop()
  await core.remember(isLeft)
  // On a page where it may not come, it goes on waiting.
  return mine && core.isHere() ? present(core, mine, options) : undefined
}

/** Unless it waits already. The page that went may have sent it. */
async function deliverAgain(core: Core, event: DeliveryEvent, isSettled: boolean): Promise<void> {
  if (await core.isWaiting(event)) return
  await core.deliver({ ...event, tried: true }, core.clock.past(event.at, isSettled))
}

/** What was in the journal when its page went. @param of the draft that it was made of */
async function takeUp(
  core: Core,
  lost: JournalEntry,
  [drafts, draft]: [DraftStore, Draft] | [] = [],
): Promise<void> {
  const { event, isSettled } = lost
  if (!drafts || !draft) await deliverAgain(core, event, isSettled)
  else if (lost.isDraft) await takeScore(drafts, draft, lost)
  else if (!draft.final)
    await finish(
      core,
      drafts,
      // The page that it was given on may have sent it.
      now => (isOverruled(event, now) ? undefined : { ...event, tried: true }),
      core.clock.past(event.at, isSettled),
    )
}

/** A score that was chosen in another tab counts: that tab makes the response. */
const isOverruled = ({ type }: DeliveryEvent, { score }: Draft): boolean =>
  type === 'decline' && score !== undefined

/** A score whose page went before the draft had it. */
async function takeScore(
  drafts: DraftStore,
  draft: Draft,
  { event, isSettled }: JournalEntry,
): Promise<void> {
  if (event.type !== 'response' || draft.final || draft.at > event.at) return
  const chosen = { score: event.score, at: event.at, isSettled, touchedMs: event.at * 1_000 }
  Object.assign(draft, chosen)
  await drafts.change(chosen)
}

const base = ({ id, ticket }: Draft, at: number) => ({ v: DELIVERY_VERSION, id, ticket, at }) as const

const toScoreAlone = (draft: Draft): DeliveryEvent => ({
  ...base(draft, draft.at),
  type: 'response',
  score: draft.score as number,
  origin_url: draft.originUrl,
})

/** Makes the draft final and queues what it became. @returns the event, or undefined where another tab was first */
async function finish(
  core: Core,
  drafts: DraftStore,
  make: (draft: Draft) => DeliveryEvent | undefined,
  moment: Moment,
) {
  let who = ''
  const event = await drafts.finish(draft => {
    who = draft.who
    return make(draft)
  })
  if (!event) return undefined
  await core.deliver(event, moment)
  await drafts.queued()
  await core.answered(who, drafts.key)
  if (event.type === 'response') {
    core.emitter.emit('response', { score: event.score, ...(event.text && { text: event.text }) })
  } else core.emitter.emit('decline', {})
  return event
}

async function present(
  core: Core,
  [drafts, draft]: [DraftStore, Draft],
  options: SessionOptions,
): Promise<SurveySession> {
  const { emitter, clock, settings, journal } = core
  let moment: Moment = clock.past(draft.at, draft.isSettled)
  let hasScore = draft.score !== undefined
  let pendingText: string | undefined
  let textTimer: ReturnType<typeof setTimeout> | undefined
  let idleTimer: ReturnType<typeof setTimeout> | undefined

  const change = emitter.guard((part: Partial<Draft>) => {
    clearTimeout(idleTimer)
    idleTimer = setTimeout(() => panel.close('score'), ABANDONED_MS)
    return drafts.change({ ...part, touchedMs: Date.now() })
  })
  const writeText = () => {
    clearTimeout(textTimer)
    textTimer = undefined
    if (pendingText !== undefined) change({ text: pendingText })
    pendingText = undefined
  }
  addEventListener('pagehide', writeText)

  const panel: Panel = await options.show({
    settings,
    ...(options.container && { container: options.container }),
    ...(hasScore && { draft: { score: draft.score as number, text: draft.text } }),
    loadWords: core.loadWords,
    loadExtras: core.loadExtras,
    loadAnswerSteps: core.loadAnswerSteps,
    onShow: () => emitter.emit('show', {}),
    onScore: score => {
      hasScore = true
      moment = clock.moment()
      const isSettled = moment.isKnown
      // The page that the question was joined on, where another one had it before, is not the one where it is answered.
      const chosen = { score, at: secondsOf(moment), isSettled, originUrl: draft.originUrl }
      const written = journal.write({
        event: toScoreAlone({ ...draft, ...chosen }),
        isSettled,
        isDraft: true,
      })
      core.remember(true)
      change(chosen).then(() => core.store.hasUnpersisted() || journal.drop(written))
      emitter.emit('score', { score })
    },
    onText: text => {
      pendingText = text
      textTimer ??= setTimeout(writeText, TEXT_MS)
    },
    onSubmit: async ({ score, text: typed, share }) => {
      const text = repairText(typed)
      clearTimeout(textTimer)
      textTimer = pendingText = undefined
      const make = (current: Draft): DeliveryEvent => ({
        ...toScoreAlone(current),
        ...base(current, secondsOf(moment)),
        type: 'response',
        score,
        origin_url: draft.originUrl,
        ...(text && { text }),
        ...(share !== undefined && { share }),
      })
      const written = journal.write({ event: make(draft), isSettled: moment.isKnown })
      await finish(core, drafts, make, moment)
      // What memory alone has is safe only when it is delivered.
      if (!core.store.hasUnpersisted()) journal.drop(written)
      if (text) emitter.emit('comment', { text })
    },
    onClose: emitter.guard(async reason => {
      removeEventListener('pagehide', writeText)
      // It will come again, with what was typed.
      if (reason === 'navigation' || reason === 'stop') writeText()
      clearTimeout(textTimer)
      clearTimeout(idleTimer)
      options.onEnd(reason)
      emitter.emit('close', { reason })
      if (reason === 'opt_out') await core.optOut()
      if (reason === 'decline') {
        const now = clock.moment()
        const event: DeliveryEvent = {
          ...base(draft, secondsOf(now)),
          type: 'decline',
          origin_url: draft.originUrl,
        }
        const written = journal.write({ event, isSettled: now.isKnown })
        await finish(core, drafts, current => (isOverruled(event, current) ? undefined : event), now)
        if (!core.store.hasUnpersisted()) journal.drop(written)
      } else if (hasScore && (reason === 'score' || reason === 'opt_out'))
        await finish(core, drafts, toScoreAlone, moment)
    }),
  })
  if (hasScore) change({})
  return { key: drafts.key, close: panel.close }
}
