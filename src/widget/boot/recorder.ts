import { isOwnerless } from '../capture/ownerless.js'
import {
  type Act,
  concludeEvent,
  putEvent,
  type Recorded,
  type SentEvent,
  sendEvent,
  withState,
} from '../capture/record-event.js'
import { timeLeft } from '../courier/event-time.js'
import { isDone, isFailure } from '../courier/post-batch.js'
import { PAGE_VIEW_BOUNDS } from '../storage/keys.js'
import { stateFrom } from '../storage/shared-state.js'
import { dropUnsaved, saveUnsaved } from '../storage/unsaved-events.js'
import { handOver, settleSent, takeUpOldest } from './call-courier.js'
import { onState } from './survey-door.js'
import type { WidgetCore } from './widget-core.js'

const MAX_WAIT_MS = 3_600_000

/** Writes down what came of the first attempt, and tells of it. */
async function conclude(core: WidgetCore, recorded: Recorded, sent: SentEvent): Promise<void> {
  const { emitter, transact } = core
  const { stored, owner } = recorded
  try {
    const isForgotten = () => !!core.isForgotten
    const { state, verdict } = await concludeEvent(recorded, sent, { transact, isForgotten })
    core.seen = state
    await core.arrived?.state.update()
    if (verdict && owner === core.identityHash()) emitter.emit('verdict', verdict)
  } catch {
    // What the store does not know of, the courier keeps in memory.
    recorded.isStored = false
  }
  const { response } = sent
  if (stored && !isFailure(response) && isDone(response, stored.event.id)) {
    const { id, type } = stored.event
    const status = response.results[id]?.status as 'done'
    emitter.emit('delivered', { id, type, status })
  }
}

/** Whether an act that was put may not be sent now: there is a pause after failures, or it waits to be told whose it is. */
const mustWait = ({ before, isStored }: Recorded, act: Act, isUrgent?: boolean): boolean =>
  (!isUrgent && timeLeft(before.notBeforeMs, MAX_WAIT_MS) > 0) || (isStored && isOwnerless(before, act))

async function putAndSend(core: WidgetCore, act: Act, isUrgent?: boolean): Promise<void> {
  const { emitter, isAllowed, seen, transact, unsavedActs } = core
  let recorded: Recorded | undefined
  let sending: Promise<SentEvent> | undefined
  const send = () => {
    const known = recorded ?? (core.seen && { ...withState(act, core.seen), isStored: false })
    if (known) sending ??= sendEvent(known, core.url, core.newViews)
    return sending
  }
  // Whatever is recorded meanwhile is of after the log-out.
  if (seen) core.seen = { ...seen, ...act.change?.(seen) }
  // Where the state could not be read, the act may have to wait until it is said who is here.
  const keep = () => recorded ?? withState(core.seen ? act : { ...act, isLater: true }, stateFrom(core.seen))
  unsavedActs.set(send, keep)
  recorded = await putEvent(act, { transact, seen: core.seen, isAllowed })
  const { stored, before, isStored } = recorded
  core.seen = before
  if (isStored) unsavedActs.delete(send)
  if (stored) emitter.emit('queued', { id: stored.event.id, type: stored.event.type })
  emitter.guard(onState)(core, before, act)
  takeUpOldest(core, recorded.oldestKey)
  if (recorded.key) core.pageKeys.add(recorded.key)
  const isHeld = mustWait(recorded, act, isUrgent) || (isStored && core.calling)
  if (!sending && (!isAllowed() || isHeld)) {
    if (isAllowed()) handOver(core, recorded, send)
    return
  }
  recorded.sent = (await send()) as SentEvent
  if (isStored) await conclude(core, recorded, recorded.sent)
  settleSent(core, recorded, send)
}

/**
 * Stores an act and sends it. What goes wrong, and all that comes after it, is the courier's.
 *
 * @param isUrgent sends it whatever failed before
 */
export async function recordAct(core: WidgetCore, act: Act, isUrgent?: boolean): Promise<void> {
  const { arrived, emitter } = core
  if (arrived) {
    await arrived.record(act, isUrgent)
    emitter.guard(onState)(core, arrived.state.get(), act)
    return
  }
  if (act.event) core.newViews++
  try {
    await putAndSend(core, act, isUrgent)
  } finally {
    if (act.event) core.newViews--
  }
}

/** A refusal takes back the page views that wait, also an earlier page's; what the visitor gave stays. */
export async function withdrawViews(core: WidgetCore): Promise<void> {
  const { name, arrived, heldActs, unsavedActs } = core
  for (const map of [heldActs, unsavedActs]) map.clear()
  dropUnsaved(name)
  if (arrived) {
    const { queue } = arrived
    await queue.remove((await queue.keys()).filter(({ isPageView }) => isPageView))
  }
  // No database is made by looking for one.
  else if (core.seen || (await indexedDB.databases?.())?.some(({ name: other }) => other === name))
    await core.transact(store => store.delete(IDBKeyRange.bound(...PAGE_VIEW_BOUNDS)))
}

/** Says whose the page views are that wait for it. @param here identity hash */
export const settleOwner = ({ calling }: WidgetCore, here: string): Promise<void> | undefined =>
  calling?.then(({ settle }) => settle(here)).catch(() => undefined)

/**
 * The page is going: sends what is not stored yet, and keeps it for the next page. Should this one come back, it may have
 * missed that the device was told to forget: then it looks anew at what that knows.
 */
export function leavePage(core: WidgetCore): Promise<unknown> {
  const { unsavedActs } = core
  saveUnsaved(
    core.name,
    [...unsavedActs.values()].map(keep => keep()),
  )
  const sending = Promise.all([...unsavedActs.keys()].map(send => send()))
  core.seen = undefined
  return sending
}
