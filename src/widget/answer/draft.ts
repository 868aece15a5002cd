import type { DeliveryEvent } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import type { Store } from '../store.js'
import { uuid } from '../uuid.js'

const DRAFT = 's|draft'

/** The one survey of this device that is open, or was last: of several tabs and page loads one answer comes. */
export interface Draft {
  /** The final event's id. */
  id: string
  /** Hash of the identity that was asked. */
  who: string
  /** Of the verdict that said yes. */
  ticket: string
  score?: number
  text: string
  /** When the score was chosen, and whether that time is corrected. */
  at: UnixSeconds
  isSettled: boolean
  originUrl: string
  /** When it was last touched, milliseconds by the device's clock. */
  touchedMs: number
  /** What became of it. From then on no tab makes anything else of it. */
  final?: DeliveryEvent
  /** `final` is in the queue. Where it is not, a crash came between, and the next page puts it there. */
  isQueued?: true
}

export interface DraftStore {
  readonly id: string
  /** Changes the draft unless it is final. */
  change(part: Partial<Draft>): Promise<void>
  /**
   * Makes it final, unless `make` leaves it to another tab by returning undefined.
   *
   * @returns the event, or undefined where another tab was first, or will be last
   */
  finish(make: (draft: Draft) => DeliveryEvent | undefined): Promise<DeliveryEvent | undefined>
  queued(): Promise<void>
}

const draftStore = (store: Store, opened: Draft): DraftStore => {
  const { id } = opened
  /** As this tab knows it: another tab may delete the database, or give the place to another visitor's survey. */
  let known = opened
  const update = (change: (draft: Draft) => Draft) =>
    store.update<Draft | undefined>(DRAFT, old => {
      const isHere = old?.id === id
      known = change(isHere ? old : known)
      return isHere || !old ? known : old
    })
  return {
    id,
    change: part => update(draft => (draft.final ? draft : { ...draft, ...part })),
    finish: async make => {
      let mine: DeliveryEvent | undefined
      await update(draft => {
        if (draft.final) return draft
        mine = make(draft)
        return mine ? { ...draft, final: mine } : draft
      })
      return mine
    },
    queued: () => update(draft => ({ ...draft, isQueued: true })),
  }
}

/** Opens the draft of a survey that is about to be shown; another tab's open draft for the same person is joined. */
export async function openDraft(
  store: Store,
  start: Pick<Draft, 'who' | 'ticket' | 'originUrl'>,
): Promise<[DraftStore, Draft]> {
  let draft: Draft | undefined
  await store.update<Draft>(DRAFT, old => {
    draft =
      old && !old.final && old.who === start.who
        ? { ...old, ticket: start.ticket }
        : { ...start, id: uuid(), text: '', at: 0, isSettled: false, touchedMs: Date.now() }
    return draft
  })
  const opened = draft as unknown as Draft
  return [draftStore(store, opened), opened]
}

/** The draft that an earlier page, or another tab, left. */
export async function findDraft(store: Store): Promise<[DraftStore, Draft] | undefined> {
  const draft = (await store.get(DRAFT)) as Draft | undefined
  return draft?.id ? [draftStore(store, draft), draft] : undefined
}
