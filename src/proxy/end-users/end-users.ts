import { createBoundedCache } from '../../runtime/bounded-cache.js'
import { createMutex } from '../../runtime/mutex.js'
import type { Properties, UnixSeconds } from '../../wire/v1.js'
import { RetryLaterError } from '../delivery/retry-later-error.js'
import { asRetryable, isErased, resultOf, statusOf, type Upstream } from '../delivery/upstream.js'
import { type Identity, type Subject, subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'
import { createEndUserCache, MAX_CACHED_END_USERS } from './end-user-cache.js'
import { createEndUserRepository } from './end-user-repository.js'
import type { KnownEndUser } from './known-end-user.js'
import {
  applyChanges,
  changesFor,
  createUpdatePolicy,
  type EndUserChanges,
  isEmpty,
} from './update-policy.js'

export interface EnsureOptions {
  subject: Subject
  /** Who is on the page, where that is the same person: what upstream should know of them. */
  identity?: Identity | undefined
  /** For the cap on new anonymous end users. */
  clientKey?: string | undefined
  /** When they did what this is for. */
  atS: UnixSeconds
}

/** End users by who they are. Each is found or created once, however many ask. */
export interface EndUsers {
  /** @returns undefined where upstream has none: this creates nobody */
  find(subject: Subject): Promise<KnownEndUser | undefined>
  /** Found or created, and brought up to date with `identity` as far as upstream takes it. */
  ensure(options: EnsureOptions): Promise<KnownEndUser>
  /** Writes properties of our own, and rejects where upstream refuses them; finds or creates the end user for it. */
  setProperties(subject: Subject, properties: Properties, atS: UnixSeconds): Promise<KnownEndUser>
  /** Changes what is remembered, not what upstream has. */
  remember(subject: Subject, change: (known: KnownEndUser) => Partial<KnownEndUser>): void
  forget(subject: Subject): void
  /** Whether upstream has this very one, by its id. */
  exists(subject: Subject, endUser: KnownEndUser): Promise<boolean>
}

export interface EndUsersOptions {
  upstream: Upstream
  rateLimits: Pick<RateLimits, 'newAnonymous'>
  metrics: Metrics
  /** Lets identities that are not proven change what upstream knows of an end user that exists. */
  allowUnverifiedUpdates: boolean
  monotonic: () => number
}

function createParts({ upstream, allowUnverifiedUpdates, monotonic, ...options }: EndUsersOptions) {
  return {
    ...options,
    repository: createEndUserRepository(upstream),
    cache: createEndUserCache(monotonic),
    policy: createUpdatePolicy(allowUnverifiedUpdates),
    mutex: createMutex(),
    /** New anonymous visitors who were let in and could not be created yet: trying again takes no other place. */
    admitted: createBoundedCache<true>(MAX_CACHED_END_USERS),
  }
}
type Parts = ReturnType<typeof createParts>

async function fetchOne({ repository, cache }: Parts, subject: Subject): Promise<KnownEndUser | undefined> {
  const known = await repository.find(subject)
  if (known) cache.set(subjectKey(subject), known)
  return known
}

/** @throws RetryLaterError where the client has brought too many new anonymous visitors */
async function admitAnonymous(
  { rateLimits, metrics, admitted }: Parts,
  { subject, clientKey }: EnsureOptions,
): Promise<void> {
  const key = subjectKey(subject)
  if (subject.level !== 'anonymous' || admitted.get(key)) return
  const waitMs = await rateLimits.newAnonymous(clientKey)
  if (waitMs !== undefined) throw new RetryLaterError('rate_limited', waitMs)
  metrics.count('zeroten_anonymous_end_users_total')
  admitted.set(key, true)
}

/** @returns undefined where upstream refuses it, or does not say what it has made */
async function tryCreate(
  { repository, cache, policy, admitted }: Parts,
  { subject, atS }: EnsureOptions,
  description: EndUserChanges,
): Promise<KnownEndUser | undefined> {
  const key = subjectKey(subject)
  try {
    const known = await repository.create(subject, { changes: description, atS })
    if (!known) return undefined
    admitted.delete(key)
    cache.set(key, known)
    return known
  } catch (error) {
    if (!isEmpty(description)) policy.noteUpdateFailure(key, error)
    if (resultOf(error).status === 'retry' || isErased(error)) throw error
    return undefined
  }
}

async function create(parts: Parts, options: EnsureOptions): Promise<KnownEndUser> {
  const { subject, identity } = options
  await admitAnonymous(parts, options)
  const description = parts.policy.describe(subjectKey(subject), identity)
  const found =
    (await tryCreate(parts, options, description)) ??
    // Taken: another proxy was faster, or the HTTP response to an earlier attempt was lost.
    (await fetchOne(parts, subject)) ??
    // Or it is what the page says of its visitor that upstream won't have.
    (isEmpty(description) ? undefined : await tryCreate(parts, options, {}))
  if (!found) throw new Error('an end user could be neither created nor found')
  return found
}

/** What an end user should become, and whether upstream may refuse it. */
interface Target {
  missing: (known: KnownEndUser) => EndUserChanges
  /** What upstream refuses of it, or fails on twice, is passed over for as long as the end user is remembered. */
  isOptional: boolean
}

async function update(
  { repository, cache, policy, metrics }: Parts,
  { subject, atS }: EnsureOptions,
  known: KnownEndUser,
  changes: EndUserChanges,
  isOptional: boolean,
): Promise<KnownEndUser> {
  const key = subjectKey(subject)
  try {
    await repository.update(subject, known.id, { changes, atS })
  } catch (error) {
    if (!isOptional || statusOf(error) === 404 || policy.noteUpdateFailure(key, error)) throw error
    metrics.count('zeroten_end_user_updates_refused_total')
  }
  const updated = { ...(cache.get(key) ?? known), ...applyChanges(known, changes) }
  cache.set(key, updated)
  return updated
}

/** Brings an end user into the state that `target` asks for; at once where upstream is known to have it so. */
function bringTo(parts: Parts, options: EnsureOptions, target: Target): Promise<KnownEndUser> {
  const { cache, mutex } = parts
  const { subject } = options
  const key = subjectKey(subject)
  const cached = cache.get(key)
  if (cached && isEmpty(target.missing(cached))) return Promise.resolve(cached)
  return mutex.run(key, async () => {
    const find = async () => (await fetchOne(parts, subject)) ?? create(parts, options)
    const known = cache.get(key) ?? (await asRetryable(find()))
    const missing = target.missing(known)
    return isEmpty(missing) ? known : update(parts, options, known, missing, target.isOptional)
  })
}

export function createEndUsers(options: EndUsersOptions): EndUsers {
  const parts = createParts(options)
  const { cache, mutex, policy, repository } = parts
  return {
    find(subject) {
      const key = subjectKey(subject)
      const cached = cache.get(key)
      if (cached) return Promise.resolve(cached)
      return mutex.run(key, async () => cache.get(key) ?? fetchOne(parts, subject))
    },
    ensure: given =>
      bringTo(parts, given, {
        missing: known => policy.missing(known, given.subject, given.identity),
        isOptional: true,
      }),
    setProperties: (subject, properties, atS) =>
      bringTo(
        parts,
        { subject, atS },
        {
          missing: known => changesFor(known, { properties, externalCreatedAt: undefined }),
          isOptional: false,
        },
      ),
    remember: (subject, change) => cache.change(subjectKey(subject), change),
    forget: subject => cache.delete(subjectKey(subject)),
    exists: (subject, { id }) => repository.exists(subject, id),
  }
}
