import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import { createBoundedCache } from '../bounded-cache.js'
import type { Subject } from './identity.js'

const LIFE_S = 60 * 86_400
/** An event may be as old as its ticket, and needs a while to get here. */
const GRACE_S = 2 * 86_400
/** A delivery ticket is handed out again for so long: sealing costs more than remembering. */
const REUSE_S = 3_600
const REMEMBERED = 10_000
const AUDIENCE = { delivery: 'zeroten-delivery', yes: 'zeroten-yes' } as const

/** What the proxy itself said of a visitor, and believes when it comes back with an event. */
export interface Ticket {
  kind: keyof typeof AUDIENCE
  subject: Subject
  issuedAtS: number
  /** It is too old to be believed by itself; whoever proves to be its subject may still use it for their own acts. */
  isExpired?: true
  /** Of a yes: one answer is taken by it. */
  answer?: {
    /** Unique to this yes. */
    nonce: string
    /** The latest answer known when it was given, unix seconds: a later one than that uses it up. */
    sinceS: number
    /** Given where every gate was opened for testing: then only the nonce counts. */
    immediate: boolean
  }
}

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

async function deriveKey(secret: string): Promise<CryptoKey> {
  const { subtle } = crypto
  const input = await subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('zeroten ticket 1')
  return subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    input,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

export interface TicketsOptions {
  /** The first seals, all open: so a secret can be changed while events wait in browsers. */
  secrets: readonly [string, ...string[]]
  /** Where the proxy is seen; tickets of another base are of another site, perhaps. */
  base: string
  /** Whether a bare e-mail counts here, and so the ticket that somebody got by one. */
  acceptsClaims: boolean
  /** Milliseconds. */
  now: () => number
}

/** Tickets are sealed (JWE, AES-256-GCM), not only signed: they lie in the browser's store for weeks, and hold an e-mail. */
export function createTickets({ secrets, base, acceptsClaims, now }: TicketsOptions): Tickets {
  let keys: Promise<CryptoKey[]> | undefined
  const getKeys = () => {
    // Not at construction: some runtimes allow no cryptography before the first request.
    keys ??= Promise.all(secrets.map(deriveKey))
    return keys
  }
  const issued = createBoundedCache<{ ticket: string; atS: number; sinceS?: number }>(REMEMBERED)
  const opened = createBoundedCache<Ticket>(REMEMBERED)
  const nowS = () => Math.floor(now() / 1_000)
  const yesKey = ({ level, email }: Subject) => `yes ${level} ${email}`

  async function seal({ kind, subject, issuedAtS, answer }: Ticket): Promise<string> {
    const [key] = await getKeys()
    if (!key) throw new TypeError('no ticket secret')
    const claims = {
      lvl: subject.level,
      b: base,
      ...(answer && { n: answer.nonce, s: answer.sinceS, i: answer.immediate }),
    }
    return new EncryptJWT(claims)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setSubject(subject.email)
      .setAudience(AUDIENCE[kind])
      .setIssuedAt(issuedAtS)
      .encrypt(key)
  }

  async function unseal(ticket: string): Promise<Ticket | undefined> {
    for (const key of await getKeys()) {
      const { payload } = await jwtDecrypt(ticket, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      }).catch((error: unknown) => {
        if (error instanceof errors.JOSEError) return { payload: undefined }
        throw error
      })
      if (payload) return payload.b === base ? toTicket(payload) : undefined
    }
    return undefined
  }

  const validate = (ticket: Ticket): OpenedTicket =>
    nowS() > ticket.issuedAtS + LIFE_S + GRACE_S ? { ...ticket, isExpired: true } : ticket

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

/** What we sealed ourselves, read back; undefined where it has another build's shape. */
function toTicket({ sub, aud, iat, lvl, n, s, i }: Record<string, unknown>): Ticket | undefined {
  const kind = aud === AUDIENCE.yes ? 'yes' : aud === AUDIENCE.delivery ? 'delivery' : undefined
  const isLevel = lvl === 'proven' || lvl === 'claimed' || lvl === 'anonymous'
  if (!kind || typeof sub !== 'string' || typeof iat !== 'number' || !isLevel) return undefined
  const ticket: Ticket = { kind, subject: { email: sub, level: lvl }, issuedAtS: iat }
  if (kind === 'delivery') return ticket
  if (typeof n !== 'string' || typeof s !== 'number' || typeof i !== 'boolean') return undefined
  return { ...ticket, answer: { nonce: n, sinceS: s, immediate: i } }
}
