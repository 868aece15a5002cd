import { EncryptJWT, errors, jwtDecrypt } from 'jose'
import type { Subject } from './identity.js'

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

/** Seals tickets (JWE, AES-256-GCM): they lie in the browser's store for weeks, and hold an e-mail. */
export interface TicketSeal {
  seal(ticket: Ticket): Promise<string>
  /** @returns undefined where it is no ticket of these secrets, of this base, or of this build's shape */
  unseal(text: string): Promise<Ticket | undefined>
}

export interface TicketSealOptions {
  /** The first seals, all open: so a secret can be changed while events wait in browsers. */
  secrets: readonly [string, ...string[]]
  /** Where the proxy is seen; tickets of another base are of another site, perhaps. */
  base: string
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

export function createTicketSeal({ secrets, base }: TicketSealOptions): TicketSeal {
  let keys: Promise<CryptoKey[]> | undefined
  const getKeys = () => {
    // Not at construction: some runtimes allow no cryptography before the first request.
    keys ??= Promise.all(secrets.map(deriveKey))
    return keys
  }

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

  return { seal, unseal }
}
