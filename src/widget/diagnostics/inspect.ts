import type { DeliveryEvent } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import type { Courier } from '../courier/courier.js'
import { deadLetterKeys, deadLetters } from './dead-letters.js'
import { readState } from './read-state.js'

/** An event that waits to be delivered. */
export interface WaitingEvent {
  id: string
  type: DeliveryEvent['type']
  /** When the visitor acted. */
  at: Date
  /** Since when it waits. */
  since: Date
  /** Size of its JSON. */
  bytes: number
}

/** An event that could not be delivered, and why. */
export interface FailedEvent {
  id: string
  type: DeliveryEvent['type']
  at: Date
  /** When it was given up. */
  failed: Date
  /** A reason of the proxy's, `status_…` of something before it, `expired`, or `corrupt`. */
  reason: string
}

/** What this device still has to deliver. */
export interface Inspection {
  /** In their order of delivery. */
  waiting: WaitingEvent[]
  /** Dead letters, the oldest first; `queue.resend()` gives them another try. */
  failed: FailedEvent[]
  /** Failed requests in a row. */
  attempts: number
  /** No request is made before this, unless the visitor acts; absent where nothing failed. */
  notBefore?: Date
}

export async function inspect(context: WidgetContext, courier: Courier): Promise<Inspection> {
  const { store, queue } = courier
  const state = await readState(context, courier)
  if (!state) return { waiting: [], failed: [], attempts: 0 }
  const { attempts = 0, notBeforeMs = 0 } = state
  const keys = await queue.keys()
  const stored = await Promise.all(keys.map(queue.read))
  return {
    waiting: keys.flatMap(({ id, timeMs, bytes }, index) => {
      const event = stored[index]?.event
      return event
        ? [{ id, type: event.type, at: new Date(event.at * 1_000), since: new Date(timeMs), bytes }]
        : []
    }),
    failed: (await deadLetters(store, await deadLetterKeys(store))).map(({ event, deadMs, reason }) => ({
      id: event.id,
      type: event.type,
      at: new Date(event.at * 1_000),
      failed: new Date(deadMs),
      reason,
    })),
    attempts,
    ...(notBeforeMs > 0 && { notBefore: new Date(notBeforeMs) }),
  }
}
