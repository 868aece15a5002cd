import type { HeldSettings } from '../settings/settings.js'

/** Tokens change with every page; their subject stays. */
const subjectOf = (token: string): string => {
  try {
    return JSON.parse(atob((token.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/'))).sub
  } catch {
    // Not a JWT: the proxy will say so; here it only has to be told apart.
    return token
  }
}

/** Of the 64-bit hash FNV-1a. */
const PRIME = 0x100000001b3n

/**
 * Tells the identities of one device apart without keeping them in clear: `{32 bits}.{64 bits}`, or '' for nobody known.
 * The first part alone was the hash of earlier releases, in which `dan@…` and `dc0@…` are one: by it, what those stored
 * is found. The second is FNV-1a.
 */
export function hashIdentity({ identityToken, email }: HeldSettings): string {
  const subject = identityToken ? subjectOf(identityToken) : email
  if (!subject) return ''
  let former = 0
  let hash = PRIME
  for (const character of `${subject}`) {
    const code = character.codePointAt(0) as number
    former = (Math.imul(former, 31) + code) | 0
    hash = BigInt.asUintN(64, (hash ^ BigInt(code)) * PRIME)
  }
  return `${former}.${hash}`
}

/** Whether what is stored under a hash is theirs who are here; also under the hash that earlier releases gave them. */
export const isOwnedBy = (owner: string, here: string): boolean =>
  // What is corrupt is nobody's in particular.
  `${here}.`.startsWith(`${typeof owner === 'string' ? owner : ''}.`)
