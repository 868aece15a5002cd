import { type HostIdentity, signIdentity } from 'zeroten/proxy'

const DAY_MS = 86_400_000

/**
 * Who one can log in as. A real site would ask for a password; these three are invented, so the demo hands out the
 * identity of each to whoever wants it, and of nobody else.
 */
const VISITORS: Readonly<Record<string, { email: string; customerForDays: number; plan: string }>> = {
  noor: { email: 'noor.haddad@example.com', customerForDays: 400, plan: 'everyday' },
  jonas: { email: 'jonas.berg@example.com', customerForDays: 90, plan: 'cargo' },
  mei: { email: 'mei.tanaka@example.com', customerForDays: 2, plan: 'weekday' },
}

/** What a site's server does for whoever is logged in: a short-lived token, which says who is on the page. */
export async function mintIdentityToken(visitor: string, secret: string): Promise<string | undefined> {
  const found = Object.hasOwn(VISITORS, visitor) ? VISITORS[visitor] : undefined
  if (!found) return undefined
  const { email, customerForDays, plan } = found
  const identity: HostIdentity = {
    email,
    createdAt: Math.floor((Date.now() - customerForDays * DAY_MS) / 1_000),
    properties: { plan },
  }
  return signIdentity(identity, secret)
}
