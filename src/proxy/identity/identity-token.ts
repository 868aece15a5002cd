import { errors, jwtVerify, SignJWT } from 'jose'
import * as v from 'valibot'
import { parseSecrets } from '../../http/parse-secrets.js'
import type { Properties, UnixSeconds } from '../../wire/v1.js'
import { emailSchema, propertiesSchema } from './identity-schema.js'

const AUDIENCE = 'zeroten'
const MAX_LIFE_S = 3_600
/** Clocks of two servers differ. */
const TOLERANCE_S = 30

/** Who a visitor is, as the host knows it. */
export interface HostIdentity {
  /** What the end user is found by upstream: an e-mail, or any other identifier of at most 255 characters. */
  email: string
  /** When they signed up, unix seconds. */
  createdAt?: UnixSeconds
  /** Kept with the end user: flat, at most 100. */
  properties?: Properties
}

const claimsSchema = v.object({
  sub: emailSchema,
  iat: v.optional(v.number()),
  exp: v.number(),
  created_at: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  properties: v.exactOptional(propertiesSchema),
})

/**
 * Mints the token by which a page proves to the proxy who its visitor is: HS256, `aud` `zeroten`. For hosts that have a
 * session but no proxy in the same process.
 *
 * @param secret - the proxy's `identitySecret`; of `new,old` or a list, the first signs
 * @param options - `expiresInS`: 1 to 3600 seconds, 600 where nothing is said
 * @throws TypeError where the proxy would refuse the token
 * @example
 * ```ts
 * const token = await signIdentity({ email: 'ada@example.com' }, secret)
 * ```
 */
export async function signIdentity(
  identity: HostIdentity,
  secret: string | readonly string[],
  { expiresInS = 600 }: { expiresInS?: number } = {},
): Promise<string> {
  if (!v.is(emailSchema, identity.email))
    throw new TypeError('email must be 1 to 255 characters, none of them controls')
  if (identity.properties && !v.is(propertiesSchema, identity.properties))
    throw new TypeError('properties must be flat, at most 100, of strings, numbers, booleans and nulls')
  if (!(expiresInS >= 1 && expiresInS <= MAX_LIFE_S)) throw new TypeError('expiresInS must be 1 to 3600')
  const [key] = parseSecrets(secret)
  if (key === undefined) throw new TypeError('secret must be given')
  const claims = {
    ...(identity.createdAt !== undefined && { created_at: identity.createdAt }),
    ...(identity.properties && { properties: identity.properties }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(identity.email)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(`${expiresInS} s`)
    .sign(new TextEncoder().encode(key))
}

/**
 * @param secrets any of them may have signed
 * @param nowMs the present
 */
export async function verifyIdentity(
  token: string,
  secrets: readonly string[],
  nowMs: number,
): Promise<HostIdentity | 'identity_invalid' | 'identity_expired'> {
  for (const secret of secrets) {
    const verified = await verifyWith(token, secret, nowMs)
    if (verified !== 'signature_invalid') return verified
  }
  return 'identity_invalid'
}

async function verifyWith(
  token: string,
  secret: string,
  nowMs: number,
): Promise<HostIdentity | 'identity_invalid' | 'identity_expired' | 'signature_invalid'> {
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: TOLERANCE_S,
      currentDate: new Date(nowMs),
    })
    const { success, output } = v.safeParse(claimsSchema, payload)
    if (!success || output.exp > nowMs / 1_000 + MAX_LIFE_S + TOLERANCE_S) return 'identity_invalid'
    return {
      email: output.sub,
      ...(output.created_at !== undefined && { createdAt: output.created_at }),
      ...(output.properties && { properties: output.properties }),
    }
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature_invalid'
    return error instanceof errors.JWTExpired ? 'identity_expired' : 'identity_invalid'
  }
}
