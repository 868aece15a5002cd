import type { DeliveryEvent } from '../../wire/delivery.js'
import { type Draft, type DraftStore, findDrafts, isAbandoned, isUnfinished } from './draft.js'
import { finish, isOverruled, toScoreAlone } from './final-event.js'
import type { FlowContext } from './flow-context.js'
import { recordImpression } from './impressions.js'
import type { JournalEntry } from './journal.js'

/**
 * A chunk of its own, called for where a page before this one has left something. Takes it up: an answer that was not yet put, drafts that are finished, and one to go on with. What
 * somebody else is about to answer, perhaps in another tab, is left alone until it is abandoned.
 *
 * @returns the draft to go on with on this page
 */
export async function takeUpDrafts(flow: FlowContext): Promise<[DraftStore, Draft] | undefined> {
  const { journal, store } = flow
  const found = await findDrafts(store, flow.draftKey())
  const lost = journal.read()
  const ofLost = found.find(([, { id }]) => id === lost?.event.id)
  if (lost) await takeUp(flow, lost, ofLost)
  let mine: [DraftStore, Draft] | undefined
  let isLeft = false
  for (const [drafts, draft] of found) {
    const isOfLost = !lost?.isDraft && draft === ofLost?.[1]
    if (draft.final) await concludeFinal(flow, drafts, draft, isOfLost)
    else if (isUnfinished(draft) && !isOfLost) {
      if (isAbandoned(draft)) await finishAbandoned(flow, drafts, draft)
      else {
        isLeft = true
        if (drafts.key === flow.draftKey()) mine = [drafts, draft]
      }
    }
  }
  if (lost && !store.hasUnpersisted()) journal.drop()
  await flow.remember(isLeft)
  // On a page where it may not come, it goes on waiting.
  return flow.isHere() ? mine : undefined
}

/** As long as the journal is there, what was made of the draft may have reached no store. */
async function concludeFinal(
  flow: FlowContext,
  drafts: DraftStore,
  draft: Draft,
  isOfLost: boolean,
): Promise<void> {
  if (draft.final && (!draft.isQueued || isOfLost)) {
    await deliverAgain(flow, draft.final, draft.isSettled)
    await drafts.queued()
    await flow.spend(draft.who, drafts.key, true)
    await recordImpression(flow, draft)
  } else if (isAbandoned(draft)) await drafts.remove()
}

async function finishAbandoned(flow: FlowContext, drafts: DraftStore, draft: Draft): Promise<void> {
  const event = await finish(flow, drafts, toScoreAlone, flow.clock.past(draft.at, draft.isSettled))
  if (event) await recordImpression(flow, draft)
}

/** Unless it waits already. The page that went may have sent it. */
async function deliverAgain(flow: FlowContext, event: DeliveryEvent, isSettled: boolean): Promise<void> {
  if (await flow.isWaiting(event)) return
  await flow.deliver({ ...event, tried: true }, flow.clock.past(event.at, isSettled))
}

/** What was in the journal when its page went. @param of the draft that it was made of */
async function takeUp(
  flow: FlowContext,
  lost: JournalEntry,
  [drafts, draft]: [DraftStore, Draft] | [] = [],
): Promise<void> {
  const { event, isSettled } = lost
  if (!drafts || !draft) await deliverAgain(flow, event, isSettled)
  else if (lost.isDraft) await takeScore(drafts, draft, lost)
  else if (!draft.final) {
    const moment = flow.clock.past(event.at, isSettled)
    // The page that it was given on may have sent it.
    const isMade = await finish(
      flow,
      drafts,
      now => (isOverruled(event, now) ? undefined : { ...event, tried: true }),
      moment,
    )
    if (isMade) await recordImpression(flow, draft)
  }
}

/** A score whose page went before the draft had it. */
async function takeScore(
  drafts: DraftStore,
  draft: Draft,
  { event, isSettled }: JournalEntry,
): Promise<void> {
  if (event.type !== 'response' || draft.final || draft.at > event.at) return
  const { score, at, survey } = event
  const chosen = { score, at, isSettled, touchedMs: at * 1_000, ...(survey && { survey }) }
  Object.assign(draft, chosen)
  await drafts.change(chosen)
}
