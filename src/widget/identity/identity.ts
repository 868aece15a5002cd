import type { Properties } from '../../wire/v1.js'

/** Fetches an identity token of whoever is logged in; null or nothing where nobody is. */
export type TokenSource = () => string | null | undefined | PromiseLike<string | null | undefined>

/** Who the page says is here; see `IdentityClaim` for what the proxy makes of it. */
export interface Identity {
  /**
   * HS256 identity token that the host minted, or a function that fetches one: at the start, and again once it has expired.
   * Page views wait for it up to 5 s. Never stored.
   */
  identityToken?: string | TokenSource
  /** Counts only where the proxy allows unverified identities. */
  email?: string
  /** Sign-up, unix seconds. */
  createdAt?: number
  /** Flat: strings, numbers, booleans. */
  properties?: Properties
}
