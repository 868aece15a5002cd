import type { Properties } from '../../wire/v1.js'

/** Who the page says is here; see `IdentityClaim` for what the proxy makes of it. */
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

/** Tokens change with every page; their subject stays. */
const subjectOf = (token: string): string => {
  try {
    return JSON.parse(atob((token.split('.')[1] as string).replace(/-/g, '+').replace(/_/g, '/'))).sub
  } catch {
    // Not a JWT: the proxy will say so; here it only has to be told apart.
    return token
  }
}

/** Tells the identities of one device apart without keeping them in clear: 32 bits, or '' for nobody known. */
export function hashIdentity({ identityToken, email }: Identity): string {
  const subject = identityToken ? subjectOf(identityToken) : email
  if (!subject) return ''
  let hash = 0
  for (const character of subject) hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) | 0
  return String(hash)
}
