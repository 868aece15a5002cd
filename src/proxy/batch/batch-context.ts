import type { BatchAnswer, EventResult } from '../../wire/delivery.js'
import type { Deadline } from '../delivery/deadline.js'
import type { Task } from '../delivery/task.js'
import type { Identity, IdentityProblem, Subject } from '../identity/identity.js'
import type { Admission } from '../limits/breaker.js'
import type { ClientAddress } from '../request/client-address.js'
import type { ParsedBatch } from '../request/parse-batch.js'
import type { ProxyRequest } from '../request/proxy-request.js'

/*
 * The context of one batch on its way through the stages. Each stage is given what the one before it returned, changes nothing
 * of it, and returns it with what it has found out itself.
 */

/** Read, and counted by its client. */
export interface ReceivedBatch {
  incoming: ProxyRequest
  requestId: string
  batch: ParsedBatch
  client: ClientAddress | undefined
  /** Milliseconds since 1970. */
  arrivedMs: number
  isCrawler: boolean
}

/** Let through by the breaker. */
export interface AdmittedBatch extends ReceivedBatch {
  admission: Admission
  /** Of the whole request. */
  deadline: Deadline
}

/** With what is known of whoever is on the page. */
export interface IdentifiedBatch extends AdmittedBatch {
  /** A problem where they could not prove it; undefined where nobody said. */
  who: Identity | IdentityProblem | undefined
  /** `who`, where that is no problem. */
  identity: Identity | undefined
  /** The host's own record of the visitor's consent; undefined where it keeps none. */
  hostConsent: boolean | undefined
}

/** One visitor's events, all of them checked. */
export interface OwnedEvents {
  subject: Subject
  tasks: readonly Task[]
}

/** By event id. Without a prototype: an id is whatever a browser sends. */
export type EventResults = Readonly<Record<string, EventResult>>

/** Every event with its owner, or with why it can't be delivered. */
export interface OwnedBatch extends IdentifiedBatch {
  /** Results of the events that can't be delivered. */
  refused: EventResults
  /** The others, by their subject's key. */
  bySubject: ReadonlyMap<string, OwnedEvents>
  /** Key of whoever is on the page; of the first event's owner where that is not known. */
  ownerKey: string | undefined
}

/** With a result for every event. */
export interface DeliveredBatch extends OwnedBatch {
  results: EventResults
  /** For how long what is to come again should wait, milliseconds; 0: nothing asks for it. */
  waitMs: number
}

/** With whether to ask, where that can be said. */
export interface DecidedBatch extends DeliveredBatch {
  verdict: BatchAnswer['verdict']
}
