import type { DeliveryEvent, SurveyShowing } from '../../wire/delivery.js'
import type { UnixSeconds } from '../../wire/v1.js'
import { uuid } from '../capture/uuid.js'
import type { Store } from '../courier/store.js'
import { DRAFT_PREFIX } from '../storage/keys.js'

/** A yes may be acted on for so long. */
const YES_MS = 86_400_000

/** Whose a draft is, to the next log-out: nobody's survey takes the place of another's. */
export const draftKey = (who: string, session = ''): string => `${DRAFT_PREFIX}${who}|${session}`

/** The one survey of this device and person that is open, or was last: of several tabs and page loads one answer comes. */
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
  /** How it stood on the page where the score was chosen. */
  survey?: SurveyShowing
  /** When its ticket was taken, milliseconds by the device's clock. */
  ticketMs?: number
  /** The ticket by which it is recorded that it was seen. */
  seenBy?: string
  /** On how many pages it was seen. */
  pages?: number
  /** When it was given up since it was seen on so many, milliseconds by the device's clock. */
  ignoredMs?: number
  /** When it was last touched, milliseconds by the device's clock. */
  touchedMs: number
  /** What became of it. From then on no tab makes anything else of it. */
  final?: DeliveryEvent
  /** `final` is in the queue. Where it is not, a crash came between, and the next page puts it there. */
  isQueued?: true
}

export interface DraftStore {
  readonly key: string
  /** Changes the draft unless it is final. */
  change(part: Partial<Draft>): Promise<void>
  /**
   * Makes it final, unless `make` leaves it to another tab by returning undefined.
   *
   * @returns the event, or undefined where another tab was first, or will be last
   */
  finish(make: (draft: Draft) => DeliveryEvent | undefined): Promise<DeliveryEvent | undefined>
  queued(): Promise<void>
  /** Nothing is left to be made of it. */
  remove(): Promise<void>
}

const draftStore = (store: Store, key: string, opened: Draft): DraftStore => {
  const { id } = opened
  /** As this tab knows it: another tab may delete the database, or begin the next survey. */
  let known = opened
  const update = (change: (draft: Draft) => Draft) =>
    store.update<Draft | undefined>(key, old => {
      const isHere = old?.id === id
      known = change(isHere ? old : known)
      return isHere || !old ? known : old
    })
  return {
    key,
    change: part => update(draft => (draft.final ? draft : { ...draft, ...part })),
    finish: async make => {
      let mine: DeliveryEvent | undefined
      await update(draft => {
        if (draft.final) {
          // A try of ours that was not stored, and then another tab was first.
          if (JSON.stringify(draft.final) !== JSON.stringify(mine)) mine = undefined
          return draft
        }
        mine = make(draft)
        return mine ? { ...draft, final: mine } : draft
      })
      return mine
    },
    queued: () => update(draft => ({ ...draft, isQueued: true })),
    remove: () => store.write([], [key]),
  }
}

/**
 * Opens the draft of a survey that is about to be shown. An open one of the same visitor is joined, be it another tab's or one
 * that they did not answer: within the time of its yes it stays one invitation.
 *
 * @param isOver whether one that was given up is no longer in the way
 */
export async function openDraft(
  store: Store,
  key: string,
  start: Pick<Draft, 'who' | 'ticket' | 'originUrl'>,
  isOver: (draft: Draft) => boolean = () => false,
): Promise<[DraftStore, Draft]> {
  let draft: Draft | undefined
  await store.update<Draft>(key, old => {
    const nowMs = Date.now()
    if (!old?.id || old.final || isOver(old))
      draft = { ...start, id: uuid(), text: '', at: 0, isSettled: false, touchedMs: nowMs, ticketMs: nowMs }
    else {
      const isOwnYes = nowMs - (old.ticketMs ?? 0) < YES_MS
      draft = {
        ...old,
        ...(!isOwnYes && { ticket: start.ticket, ticketMs: nowMs }),
        ...(old.score === undefined && { originUrl: start.originUrl }),
      }
    }
    return draft
  })
  const opened = draft as unknown as Draft
  return [draftStore(store, key, opened), opened]
}

/** So long a score waits for its text. */
export const ABANDONED_MS = 30 * 60_000

export const isAbandoned = ({ touchedMs }: Draft): boolean => Date.now() - touchedMs > ABANDONED_MS

/** Whether there is a score of which nothing was made yet. */
export const isUnfinished = ({ score, final }: Draft): boolean => score !== undefined && !final

/**
 * The drafts that earlier pages, or other tabs, left.
 *
 * @param here the one that is found also where the database can't be read
 */
export async function findDrafts(store: Store, here: string): Promise<[DraftStore, Draft][]> {
  const found: [DraftStore, Draft][] = []
  for (const key of (await store.keys()) ?? [here]) {
    const draft = key.startsWith(DRAFT_PREFIX) ? ((await store.get(key)) as Draft | undefined) : undefined
    if (draft?.id) found.push([draftStore(store, key, draft), draft])
  }
  return found
}
