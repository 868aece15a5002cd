import { isOwnerless } from '../capture/ownerless.js'
import {
  type Act,
  concludeEvent,
  isComplete,
  putEvent,
  type Recorded,
  type SentEvent,
  sendEvent,
  withState,
} from '../capture/record-event.js'
import type * as courierChunk from '../courier/courier.js'
import type { Courier } from '../courier/courier.js'
import { OWN_MS } from '../courier/event-key.js'
import { isDone, isFailure } from '../courier/post-batch.js'
import { openCoreDatabase } from '../storage/database.js'
import { PAGE_VIEW_BOUNDS } from '../storage/keys.js'
import { type State, stateFrom } from '../storage/shared-state.js'
import { dropUnsaved, saveUnsaved } from '../storage/unsaved-events.js'
import type { WidgetContext } from './context.js'

const MAX_WAIT_MS = 3_600_000

export interface Recorder {
  /**
   * Stores an act and sends it. What goes wrong, and all that comes after it, is the courier's.
   *
   * @param isUrgent sends it whatever failed before
   */
  record(act: Act, isUrgent?: boolean): Promise<void>
  /** A refusal takes back the page views that wait, also an earlier page's; what the visitor gave stays. */
  withdraw(): Promise<void>
  /** Says whose the page views are that wait for it. @param here identity hash */
  settle(here: string): Promise<void> | undefined
  /** The courier, which is called for where it is not there yet. @throws where its chunk can't be had now */
  courier(): Promise<Courier>
  /** The courier's view of the device's clock, where it is there. */
  clock(): Courier['clock'] | undefined
  /**
   * The page is going: sends what is not stored yet, and keeps it for the next page. Should it come back, it may have missed that the device was told to
   * forget: then it looks anew at what that knows.
   */
  leave(): Promise<unknown>
}

export interface RecorderOptions {
  isForgotten(): boolean
  /** Hears what the device knew as an act was put. */
  onState(state: State, act: Act): void
}

export function createRecorder(context: WidgetContext, { isForgotten, onState }: RecorderOptions): Recorder {
  const { name, url, emitter, isAllowed, listen } = context
  const transact = openCoreDatabase(name)
  let seen: State | undefined
  let there: Courier | undefined
  let calling: Promise<Courier> | undefined
  let retryMs = OWN_MS / 2
  /** Keys of this page's own events. */
  const own = new Set<IDBValidKey>()
  /** For the courier, by how each is sent. */
  const held = new Map<() => unknown, Recorded>()
  /** Acts that no store has, each as it is sent and as it is kept. */
  const unsaved = new Map<() => unknown, () => Pick<Recorded, 'key' | 'stored'>>()
  /** Page views that are being recorded, which the shared state does not count yet. */
  let newViews = 0

  /** Its chunk is asked for again after a while, and as soon as there is a network. */
  const callAgain = (failed: Promise<Courier>) => {
    const retry = () => {
      if (calling !== failed) return
      calling = undefined
      courier()
    }
    retryMs *= 2
    setTimeout(retry, retryMs)
    listen('online', retry)
  }

  const courier = (): Promise<Courier> => {
    if (!calling) {
      const attempt = context.load('courier').then(chunk => {
        there = (chunk as typeof courierChunk).createCourier(context, seen)
        for (const [send, recorded] of held) {
          unsaved.delete(send)
          there.flusher.adopt(recorded)
        }
        held.clear()
        return there
      })
      calling = attempt
      attempt.catch(() => callAgain(attempt))
    }
    return calling
  }

  /** Once what an earlier page left belongs to no page any more, the courier takes it. */
  const waitFor = (oldest: IDBValidKey | undefined) => {
    // Sorted as they are, no event of an earlier page waits where the first is of this one.
    if (!oldest || own.has(oldest)) return
    const waitMs = +(String(oldest).split('|')[1] as string) + OWN_MS - Date.now()
    if (waitMs > 0) setTimeout(() => isAllowed() && courier(), Math.min(waitMs, OWN_MS))
    else courier()
  }

  const conclude = async (recorded: Recorded, sent: SentEvent) => {
    const { stored, owner } = recorded
    try {
      const { state, verdict } = await concludeEvent(recorded, sent, { transact, isForgotten })
      seen = state
      await there?.state.update()
      if (verdict && owner === context.identityHash()) emitter.emit('verdict', verdict)
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

  const record = async (act: Act, isUrgent?: boolean) => {
    if (act.event) newViews++
    try {
      await putAndSend(act, isUrgent)
    } finally {
      if (act.event) newViews--
    }
  }

  const putAndSend = async (act: Act, isUrgent?: boolean) => {
    let recorded: Recorded | undefined
    let sending: Promise<SentEvent> | undefined
    const send = () => {
      const known = recorded ?? (seen && { ...withState(act, seen), isStored: false })
      if (known) sending ??= sendEvent(known, url, newViews)
      return sending
    }
    // Whatever is recorded meanwhile is of after the log-out.
    seen &&= { ...seen, ...act.change?.(seen) }
    // Where the state could not be read, the act may have to wait until it is said who is here.
    unsaved.set(send, () => recorded ?? withState(seen ? act : { ...act, isLater: true }, stateFrom(seen)))
    recorded = await putEvent(act, { transact, seen, isAllowed })
    const { stored, before, isStored } = recorded
    seen = before
    if (isStored) unsaved.delete(send)
    if (stored) emitter.emit('queued', { id: stored.event.id, type: stored.event.type })
    onState(before, act)
    waitFor(recorded.oldestKey)
    if (recorded.key) own.add(recorded.key)
    const waitMs = (before.notBeforeMs ?? 0) - Date.now()
    const mustWait =
      (waitMs > 0 && waitMs < MAX_WAIT_MS && !isUrgent) || (isStored && isOwnerless(before, act))
    if (!sending && (!isAllowed() || mustWait || (isStored && calling))) {
      if (isAllowed()) handOver(recorded, send)
      return
    }
    recorded.sent = (await send()) as SentEvent
    if (isStored) await conclude(recorded, recorded.sent)
    if (calling || !recorded.isStored || !isComplete(recorded)) handOver(recorded, send)
    else unsaved.delete(send)
  }

  const handOver = (recorded: Recorded, send: () => unknown) => {
    if (there) {
      unsaved.delete(send)
      there.flusher.adopt(recorded)
    } else {
      held.set(send, recorded)
      courier()
    }
  }

  return {
    record: (act, isUrgent) =>
      there
        ? there.record(act, isUrgent).then(() => there && onState(there.state.get(), act))
        : record(act, isUrgent),
    withdraw: async () => {
      for (const map of [held, unsaved]) map.clear()
      dropUnsaved(name)
      if (there) await there.queue.remove((await there.queue.keys()).filter(({ isPageView }) => isPageView))
      // No database is made by looking for one.
      else if (seen || (await indexedDB.databases?.())?.some(({ name: other }) => other === name))
        await transact(store => store.delete(IDBKeyRange.bound(...PAGE_VIEW_BOUNDS)))
    },
    settle: here => calling?.then(({ settle }) => settle(here)).catch(() => undefined),
    courier,
    clock: () => there?.clock,
    leave: () => {
      saveUnsaved(
        name,
        [...unsaved.values()].map(keep => keep()),
      )
      const sending = Promise.all([...unsaved.keys()].map(send => send()))
      seen = undefined
      return sending
    },
  }
}
