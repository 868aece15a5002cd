import { DELIVERY_VERSION, type DeliveryEvent } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import type { Emitter } from '../boot/emitter.js'
import { pageOrigin } from '../boot/platform.js'
import { normalizeUrl, pageLocation } from '../capture/page-url.js'
import { mayRecord } from '../capture/privacy-signals.js'
import { uuid } from '../capture/uuid.js'
import type { Courier } from '../courier/courier.js'
import { type Clock, type Moment, secondsOf } from '../courier/event-time.js'
import type { Store } from '../courier/store.js'
import type { Settings } from '../settings/settings.js'
import { surveySettings } from '../settings/survey-settings.js'
import { learn, type State } from '../storage/shared-state.js'
import type { PanelOptions } from '../survey/panel-types.js'
import { type Draft, type DraftStore, draftKey, findDrafts, isUnfinished } from './draft.js'
import { createJournal, type Journal } from './journal.js'
import { isAllowedHere } from './page-rules.js'

/** Observations wait so long for company. */
const GATHER_MS = 2_000

/** What knows how to go on with what earlier pages left, `left-behind.ts`. */
interface DraftsChunk {
  takeUpDrafts(flow: FlowContext): Promise<[DraftStore, Draft] | undefined>
}

/** What the parts of a survey's course share. */
export interface FlowContext
  extends Required<Pick<PanelOptions, 'loadWords' | 'loadExtras' | 'loadAnswerSteps'>> {
  store: Store
  emitter: Emitter
  clock: Clock
  settings: Settings
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
  /** Stores what the visitor did not give, where that may be recorded at all, and sends it in a while. */
  deliverLater(event: DeliveryEvent, moment: Moment): Promise<void>
  /** Whether a page that comes has something to take up; and looks at what other tabs have written. */
  remember(isSurveyOpen: boolean): Promise<void>
  /**
   * The verdict is used up. @param who identity hash @param key of the draft @param isAnswered by a response or a refusal, not
   * by being ignored
   */
  spend(who: string, key: string, isAnswered: boolean): Promise<void>
  optOut(): Promise<void>
  /** Rejects where the chunk can't be had now: what was left waits for the next page. */
  loadDrafts(): Promise<DraftsChunk>
}

/** Whether the verdict on `who` is the one that a draft under `key` is about: a log-out makes somebody else of whom nobody names. */
const isAbout = (who: string, key: string, { session }: State) => who || key === draftKey(who, session)

/**
 * @param onSpent the verdict of whoever is here is used up
 * @param onRemember this page may be the last that comes by what is open now
 */
export function createFlowContext(
  { name, settings: given, emitter, identityHash, load }: WidgetContext,
  { store, state, queue, clock, flusher }: Courier,
  { onSpent, onRemember }: { onSpent(): void; onRemember(): void },
): FlowContext {
  const settings = surveySettings(given)
  const nowS = () => secondsOf(clock.moment())
  const flow: FlowContext = {
    settings,
    emitter,
    store,
    clock,
    identityHash,
    journal: createJournal(name),
    draftKey: () => draftKey(identityHash(), state.get().session),
    // The proxy refuses an address that is none.
    originUrl: () => normalizeUrl(undefined, settings) || `${pageOrigin()}/`,
    isHere: () => isAllowedHere(settings, pageLocation()),
    isWaiting: async event => (await queue.keys()).some(({ id }) => id === event.id),
    async deliver(event, moment) {
      if (event.type === 'opt_out') await state.update(() => ({ isOptedOut: true }))
      await flusher.add(event, moment)
      flusher.flush(0, true)
    },
    async deliverLater(event, moment) {
      if (!mayRecord(given)) return
      await flusher.add(event, moment)
      flusher.flush(GATHER_MS)
    },
    remember(isSurveyOpen) {
      if (isSurveyOpen) onRemember()
      return state.update(() => ({ isSurveyOpen }))
    },
    async spend(who, key, isAnswered) {
      if (key === flow.draftKey()) onSpent()
      const isSurveyOpen = (await findDrafts(store, flow.draftKey())).some(([, draft]) => isUnfinished(draft))
      const verdict = { survey: false, until: nowS() }
      await state.update(now => ({
        ...(isAbout(who, key, now) &&
          learn(now, who, { verdict, ...(isAnswered && { answeredS: verdict.until }) })),
        isSurveyOpen,
      }))
    },
    async optOut() {
      const moment = clock.moment()
      const ticket = state.get().known[identityHash()]?.ticket
      const at = secondsOf(moment)
      const event = { v: DELIVERY_VERSION, id: uuid(), type: 'opt_out', at, ticket } as const
      const written = flow.journal.write({ event, isSettled: moment.isKnown })
      await flow.deliver(event, moment)
      if (!store.hasUnpersisted()) flow.journal.drop(written)
    },
    loadDrafts: () => load('drafts') as Promise<DraftsChunk>,
    loadExtras: () => load('extras'),
    loadAnswerSteps: () => load('steps'),
    loadWords: async code => ((await load(`words-${code}`)) as { words: readonly string[] }).words,
  }
  return flow
}
