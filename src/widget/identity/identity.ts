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
