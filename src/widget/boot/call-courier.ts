import { isComplete, type Recorded } from '../capture/record-event.js'
import type * as courierChunk from '../courier/courier.js'
import type { Courier } from '../courier/courier.js'
import { OWN_MS } from '../courier/event-key.js'
import { timeLeft } from '../courier/event-time.js'
import type { Send, WidgetCore } from './widget-core.js'

/** The courier's chunk is asked for again after a while, and as soon as there is a network. */
function callAgain(core: WidgetCore, failed: Promise<Courier>): void {
  const retry = () => {
    if (core.calling !== failed) return
    core.calling = undefined
    callCourier(core)
  }
  core.retryMs *= 2
  setTimeout(retry, core.retryMs)
  core.listen('online', retry)
}

/** The courier, whose chunk is fetched where it is not there. @throws where that can't be had now */
export function callCourier(core: WidgetCore): Promise<Courier> {
  if (!core.calling) {
    const { heldActs, unsavedActs } = core
    const attempt = core.load('courier').then(chunk => {
      const courier = (chunk as typeof courierChunk).createCourier(core, core.seen)
      for (const [send, recorded] of heldActs) {
        unsavedActs.delete(send)
        courier.flusher.adopt(recorded)
      }
      heldActs.clear()
      core.arrived = courier
      return courier
    })
    core.calling = attempt
    attempt.catch(() => callAgain(core, attempt))
  }
  return core.calling
}

/** Leaves an act to the courier. */
export function handOver(core: WidgetCore, recorded: Recorded, send: Send): void {
  const { arrived, heldActs, unsavedActs } = core
  if (arrived) {
    unsavedActs.delete(send)
    arrived.flusher.adopt(recorded)
  } else {
    heldActs.set(send, recorded)
    callCourier(core)
  }
}

/** Leaves an act that was sent to the courier, unless all that was asked for came. */
export function settleSent(core: WidgetCore, recorded: Recorded, send: Send): void {
  if (core.calling || !recorded.isStored || !isComplete(recorded)) handOver(core, recorded, send)
  else core.unsavedActs.delete(send)
}

/** Once what an earlier page left belongs to no page any more, the courier takes it. @param oldestKey of all that waits */
export function takeUpOldest(core: WidgetCore, oldestKey: IDBValidKey | undefined): void {
  // Sorted as they are, no event of an earlier page waits where the first is of this one.
  if (!oldestKey || core.pageKeys.has(oldestKey)) return
  const waitMs = timeLeft(+(String(oldestKey).split('|')[1] as string) + OWN_MS, OWN_MS)
  const call = () => core.isAllowed() && callCourier(core)
  if (waitMs) setTimeout(call, waitMs)
  else call()
}
