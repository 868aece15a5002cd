import { DAY_S, MAX_EVENT_AGE_DAYS } from '../../domain/retention.js'
import { createBoundedCache } from '../../runtime/bounded-cache.js'
import type { Subject } from './identity.js'
import { createTicketSeal, type Ticket, type TicketSealOptions } from './ticket-seal.js'

/** An event may be as old as its ticket, and needs a while to get here. */
const LIFE_S = MAX_EVENT_AGE_DAYS * DAY_S
/** A delivery ticket is handed out again for so long: sealing costs more than remembering. */
const REUSE_S = 3_600
const REMEMBERED = 10_000

export type OpenedTicket = Ticket | 'ticket_invalid'

/** What is known when a yes is given. */
export interface Occasion {
  /** See {@link Ticket}. */
  sinceS: number
  /** When this visitor last answered, unix seconds; 0: never, as far as is known. */
  answeredS: number
  immediate: boolean
}

export interface Tickets {
  /** For delivering only. */
  delivery(subject: Subject): Promise<string> | string
  yes(subject: Subject, occasion: Occasion): Promise<string> | string
  open(ticket: string): Promise<OpenedTicket> | OpenedTicket
  /** An answer has used up this subject's yes: it is not handed out again. */
  spend(subject: Subject): void
}

export interface TicketsOptions extends TicketSealOptions {
  /** Whether a bare e-mail counts here, and so the ticket that somebody got by one. */
  acceptsClaims: boolean
  /** Milliseconds. */
  now: () => number
}

/** Hands out tickets, sealed, and opens those that come back. Both are remembered: to seal costs more. */
export function createTickets({ secrets, base, acceptsClaims, now }: TicketsOptions): Tickets {
  const { seal, unseal } = createTicketSeal({ secrets, base })
  const issued = createBoundedCache<{ ticket: string; atS: number; sinceS?: number }>(REMEMBERED)
  const opened = createBoundedCache<Ticket>(REMEMBERED)
  const nowS = () => Math.floor(now() / 1_000)
  const yesKey = ({ level, email }: Subject) => `yes ${level} ${email}`

  const validate = (ticket: Ticket): OpenedTicket =>
    nowS() > ticket.issuedAtS + LIFE_S ? { ...ticket, isExpired: true } : ticket

  // What is remembered is given at once: who comes often waits for no cryptography, and for no turn of the event loop.
  return {
    delivery(subject) {
      const key = `${subject.level} ${subject.email}`
      const known = issued.get(key)
      if (known && nowS() - known.atS < REUSE_S) return known.ticket
      const atS = nowS()
      return seal({ kind: 'delivery', subject, issuedAtS: atS }).then(ticket => {
        issued.set(key, { ticket, atS })
        return ticket
      })
    },
    yes(subject, { sinceS, answeredS, immediate }) {
      const key = yesKey(subject)
      const known = issued.get(key)
      // An answer of the very second from which it counts may have been given by it.
      const isUnused =
        known?.sinceS !== undefined && (answeredS === 0 || known.sinceS > answeredS) && !immediate
      if (isUnused && nowS() - known.atS < REUSE_S) return known.ticket
      const atS = nowS()
      const answer = { nonce: crypto.randomUUID(), sinceS, immediate }
      return seal({ kind: 'yes', subject, issuedAtS: atS, answer }).then(ticket => {
        if (!immediate) issued.set(key, { ticket, atS, sinceS })
        return ticket
      })
    },
    open(text) {
      const known = opened.get(text)
      if (known) return validate(known)
      return unseal(text).then(ticket => {
        if (!ticket || (ticket.subject.level === 'claimed' && !acceptsClaims)) return 'ticket_invalid'
        opened.set(text, ticket)
        return validate(ticket)
      })
    },
    spend: subject => void issued.delete(yesKey(subject)),
  }
}
