import type { IdentityClaim, Verdict } from '../wire/delivery.js'
import type { Properties } from '../wire/v1.js'
import type { Store } from './store.js'
import { uuid } from './uuid.js'

const ME = 's|me'
/** How many identities' tickets a shared device keeps. */
const MAX_KNOWN = 5

/** Who the page says is here; see {@link IdentityClaim} for what the proxy makes of it. */
export interface Identity {
  /** HS256 identity token that the host minted. Never stored. */
  identityToken?: string
  /** Counts only where the proxy allows unverified identities. */
  email?: string
  /** Sign-up, unix seconds. */
  createdAt?: number
  /** Flat: strings, numbers, booleans. */
  properties?: Properties
}

interface Known {
  /** Delivery ticket. */
  ticket?: string
  verdict?: Verdict
}

interface Me {
  anonymousId: string
  optedOut?: boolean
  /** By hash of identity, the latest last. */
  known: [who: string, known: Known][]
}

export interface IdentityStore {
  /** Reads (and on the first visit makes) what this device knows; other tabs may have learned more. */
  load(): Promise<void>
  set(identity: Identity): void
  /** A hash of who is here: what waits without a ticket waits for this one. */
  who(): string
  /** The same of somebody else. */
  whoIs(identity: Identity): string
  claim(): IdentityClaim
  known(): Known
  learn(who: string, known: Known): Promise<void>
  isOptedOut(): boolean
  optOut(): Promise<void>
}

/** FNV-1a, 32 bit: tells the identities of one device apart without keeping them in clear. */
const hash = (text: string): string => {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) as number), 0x01000193)
  return (value >>> 0).toString(36)
}

/** Tokens change with every page; their subject stays. */
const subjectOf = (token: string): string => {
  try {
    const payload = token.split('.')[1] as string
    return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))).sub
  } catch {
    // Not a JWT: the proxy will say so; here it only has to be told apart.
    return token
  }
}

export function createIdentity(store: Store, initial: Identity): IdentityStore {
  let current = initial
  let me: Me = { anonymousId: uuid(), known: [] }

  const update = (change: (old: Me) => Me) =>
    store.update<Me>(ME, old => {
      me = change(old?.anonymousId ? old : me)
      return me
    })
  const whoIs = ({ identityToken, email }: Identity) =>
    identityToken ? hash(subjectOf(identityToken)) : email ? hash(email) : 'anonymous'
  const who = () => whoIs(current)

  return {
    load: async () => {
      const [stored] = (await store.getMany([ME])) as [Me | undefined]
      if (stored?.anonymousId) me = stored
      else await update(fresh => fresh)
    },
    set: identity => {
      current = identity
    },
    who,
    whoIs,
    claim: () => ({
      anonymous_id: me.anonymousId,
      ...(current.identityToken && { token: current.identityToken }),
      ...(current.email && { email: current.email }),
      ...(current.createdAt && { external_created_at: current.createdAt }),
      ...(current.properties && { properties: current.properties }),
    }),
    known: () => me.known.find(([key]) => key === who())?.[1] ?? {},
    learn: (key, known) =>
      update(old => ({
        ...old,
        known: [
          ...old.known.filter(([other]) => other !== key),
          [key, { ...old.known.find(([other]) => other === key)?.[1], ...known }] as [string, Known],
        ].slice(-MAX_KNOWN),
      })),
    isOptedOut: () => !!me.optedOut,
    optOut: () => update(old => ({ ...old, optedOut: true })),
  }
}
