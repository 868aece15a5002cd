import * as v from 'valibot'
import { emailKey } from '../../domain/email-key.js'
import type { Logger } from '../../runtime/logger.js'
import type { BatchAnswer, IdentityClaim } from '../../wire/delivery.js'
import type { Properties, UnixSeconds } from '../../wire/v1.js'
import type { ProxyRequest } from '../request/proxy-request.js'
import { emailSchema, propertiesSchema } from './identity-schema.js'
import { type HostIdentity, verifyIdentity } from './identity-token.js'

/** Whose something is, and how far we believe it. */
export interface Subject {
  /** As it is sent upstream. */
  email: string
  level: NonNullable<BatchAnswer['identity']>
}

/** Who is on the page now. */
export interface Identity {
  subject: Subject
  externalCreatedAt: UnixSeconds | undefined
  properties: Properties
}

export type IdentityProblem = 'identity_invalid' | 'identity_expired'

const ANONYMOUS_DOMAIN = '@anonymous.invalid'

/** By what a subject is remembered, counted and locked. */
export const subjectKey = ({ email }: Subject): string => emailKey(email)

/** The page may add to what the host says of a visitor; it can't gainsay it. */
function proven(host: HostIdentity, claim: IdentityClaim | undefined): Identity {
  return {
    subject: { email: host.email, level: 'proven' },
    externalCreatedAt: host.createdAt ?? claim?.external_created_at,
    properties: { ...claim?.properties, ...host.properties },
  }
}

/** By what a subject's own limits are counted: who but claims to be somebody uses up nothing of theirs. */
export const limitKey = (subject: Subject): string => `${subject.level} ${subjectKey(subject)}`

export interface IdentityOptions {
  /** Asks the host's own session; null where nobody is logged in. */
  identify: ((request: Request) => Promise<HostIdentity | null> | HostIdentity | null) | undefined
  /** Check `identity.token`; none: no token counts. */
  identitySecrets: readonly string[]
  allowUnverified: boolean
  now: () => number
  logger: Logger
}

/**
 * Who is on the page: the host's session first, then the token, then (with leave) the bare e-mail, else the anonymous id
 * of the device. A token that is wrong is not passed over: what its bearer did must not become a stranger's.
 */
export function createIdentifier(options: IdentityOptions) {
  const { identify, identitySecrets, allowUnverified, now, logger } = options

  async function askHost(
    ask: NonNullable<IdentityOptions['identify']>,
    { request }: Pick<ProxyRequest, 'request'>,
  ): Promise<HostIdentity | null | IdentityProblem> {
    try {
      const host = await ask(request)
      if (!host) return null
      if (v.is(emailSchema, host.email) && v.is(v.optional(propertiesSchema), host.properties)) return host
      logger.error({}, 'identify() returned what is no identity: see HostIdentity')
    } catch (error) {
      logger.error({ error: error instanceof Error ? error.name : typeof error }, 'identify() failed')
    }
    return 'identity_invalid'
  }

  return async (
    incoming: Pick<ProxyRequest, 'request'>,
    claim: IdentityClaim | undefined,
  ): Promise<Identity | IdentityProblem | undefined> => {
    const host = identify ? await askHost(identify, incoming) : null
    if (typeof host === 'string') return host
    if (host) return proven(host, claim)
    if (!claim) return undefined
    if (claim.token !== undefined) {
      const verified = await verifyIdentity(claim.token, identitySecrets, now())
      return typeof verified === 'string' ? verified : proven(verified, claim)
    }
    const rest = { externalCreatedAt: claim.external_created_at, properties: claim.properties ?? {} }
    // Nobody claims to be an anonymous visitor but by the id that only that visitor's device knows.
    if (allowUnverified && claim.email === '') return 'identity_invalid'
    if (allowUnverified && claim.email !== undefined && !claim.email.toLowerCase().endsWith(ANONYMOUS_DOMAIN))
      return { subject: { email: claim.email, level: 'claimed' }, ...rest }
    return {
      subject: { email: claim.anonymous_id.toLowerCase() + ANONYMOUS_DOMAIN, level: 'anonymous' },
      ...rest,
    }
  }
}
