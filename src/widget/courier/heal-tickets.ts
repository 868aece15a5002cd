import type { BatchAnswer } from '../../wire/delivery.js'
import { isOwnedBy } from '../identity/identity-hash.js'
import { markTried, type Waiting } from './queue.js'

export interface Healed {
  /** With a ticket that the proxy can open, or with none where the batch's identity will do. */
  events: Waiting[]
  /** Whether a response or decline needs the ticket of a yes, and none was asked for. */
  needsVerdict: boolean
}

/**
 * What a rotated secret leaves on a device: events whose ticket no key of the proxy's opens any more. Where their owner is
 * the one whom this batch is of, each takes a ticket of today's; the hash beside the event says whose it is. What was
 * recorded of nobody in particular may be of somebody whom the host's session named, unless the batch is anonymous too.
 *
 * @param owner identity hash of the batch
 */
export function healTickets(taken: readonly Waiting[], response: BatchAnswer, owner: string): Healed {
  const { results, ticket, verdict, identity } = response
  const healed: Healed = { events: [], needsVerdict: false }
  for (const [key, stored] of taken) {
    const result = results[key.id]
    const isInvalid = result?.status === 'retry' && result.reason === 'ticket_invalid'
    const isTheirs = isOwnedBy(stored.owner, owner) && (owner || identity === 'anonymous' || !identity)
    if (!isInvalid || !isTheirs) continue
    const { type } = stored.event
    const isOfYes = type === 'response' || type === 'decline'
    const fresh = isOfYes ? verdict?.ticket : ticket
    if (isOfYes && !verdict) healed.needsVerdict = true
    else if (fresh ? fresh !== stored.event.ticket : !isOfYes)
      healed.events.push([key, markTried({ ...stored, event: { ...stored.event, ticket: fresh } })])
  }
  return healed
}
