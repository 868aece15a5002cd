import type { DeliveryEvent } from '../../wire/delivery.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import type { Subject } from '../identity/identity.js'
import type { Ticket } from '../identity/ticket-seal.js'
import type { Deadline } from './deadline.js'

/** One event on its way upstream. */
export interface Task<Event extends DeliveryEvent = DeliveryEvent> {
  event: Event
  subject: Subject
  /** Of a response, decline or impression: the yes that it is about. */
  answer: Ticket['answer']
  /** The visitor's address, as the API is told. */
  ipAddress: string | undefined
  /** Of the request that brought it. */
  requestId: string
  deadline: Deadline
  /** The event has made upstream fail before: its failures say nothing of upstream's health. */
  isSuspect: boolean
  /** A record of an earlier attempt may be so many seconds off `event.at`, where a clock was corrected. */
  toleranceS: number
}

/** Writes one kind of event. Resolves with nothing where upstream has it; rejects with the client's errors. */
export type Writer<Event extends DeliveryEvent> = (
  task: Task<Event>,
  endUser: KnownEndUser,
) => Promise<'already_answered' | undefined>
