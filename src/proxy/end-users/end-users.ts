import type { Parsed } from '../../client/index.js'
import type { EndUser, EndUserParameters, Properties, UnixSeconds } from '../../wire/v1.js'
import { createBoundedCache } from '../bounded-cache.js'
import { createMutex } from '../delivery/mutex.js'
import { RetryLaterError } from '../delivery/retry-later-error.js'
import {
  asRetryable,
  isTransientError,
  resultOf,
  statusOf,
  type Upstream,
  unlessMissing,
} from '../delivery/upstream.js'
import { type Identity, normalizeEmail, type Subject, subjectKey } from '../identity/identity.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { Metrics } from '../metrics.js'

const MAX_CACHED = 10_000
const CACHED_MS = 600_000

/** When somebody last answered, as far as upstream's records were read. */
export interface KnownAnswers {
  /** Records from here on were read, unix seconds. */
  fromS: UnixSeconds
  /** 0: none. */
  responseS: UnixSeconds
  declineS: UnixSeconds
}

/** An end user as upstream has it, at most ten minutes old but for what we wrote ourselves. */
export interface KnownEndUser {
  readonly id: number
  readonly externalCreatedAt: UnixSeconds | null
  readonly properties: Properties
  /** Null: upstream does not count them. */
  readonly pageViews: number | null
  /** 0: never. */
  readonly lastSurveyedS: UnixSeconds
  /** As upstream's records have them. Undefined: not read yet. */
  readonly answers: KnownAnswers | undefined
  /** As we wrote them since. */
  readonly written: Omit<KnownAnswers, 'fromS'>
}

export interface EnsureOptions {
  subject: Subject
  /** Who is on the page, where that is the same person: what upstream should know of them. */
  identity?: Identity | undefined
  /** For the cap on new anonymous end users. */
  clientKey?: string | undefined
}

/** End users by who they are. Each is found or created once, however many ask. */
export interface EndUsers {
  /** @returns undefined where upstream has none: this creates nobody */
  find(subject: Subject): Promise<KnownEndUser | undefined>
  /** Found or created, and brought up to date with `identity` as far as upstream takes it. */
  ensure(options: EnsureOptions): Promise<KnownEndUser>
  /** Writes properties of our own, and rejects where upstream refuses them; finds or creates the end user for it. */
  setProperties(subject: Subject, properties: Properties): Promise<KnownEndUser>
  /** Changes what is remembered, not what upstream has. */
  remember(subject: Subject, change: (known: KnownEndUser) => Partial<KnownEndUser>): void
  forget(subject: Subject): void
  /** Whether upstream has this very one, by its id. */
  exists(subject: Subject, endUser: KnownEndUser): Promise<boolean>
}

export interface EndUsersOptions {
  upstream: Upstream
  rateLimits: RateLimits
  metrics: Metrics
  /** Lets identities that are not proven change what upstream knows of an end user that exists. */
  allowUnverifiedUpdates: boolean
  monotonic: () => number
}

const toKnown = (record: Parsed<EndUser>): KnownEndUser => ({
  id: record.id,
  externalCreatedAt: record.external_created_at,
  properties: record.properties,
  pageViews: record.page_views_count ?? null,
  lastSurveyedS: Math.floor((record.last_surveyed?.getTime() ?? 0) / 1_000),
  answers: undefined,
  written: { responseS: 0, declineS: 0 },
})

/** What an update tells upstream. */
type Changes = Pick<Partial<EndUserParameters>, 'properties' | 'external_created_at'>

/** What upstream does not have of an identity, or has otherwise. */
function changesFor(known: KnownEndUser, { properties, externalCreatedAt }: Identity): Changes {
  const differing = Object.entries(properties).filter(
    ([name, value]) => (known.properties[name] ?? null) !== value,
  )
  return {
    ...(differing.length > 0 && { properties: Object.fromEntries(differing) }),
    ...(externalCreatedAt !== undefined &&
      externalCreatedAt !== known.externalCreatedAt && { external_created_at: externalCreatedAt }),
  }
}

const isEmpty = (changes: Changes): boolean => Object.keys(changes).length === 0

const withoutNulls = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))

/** End users for ten minutes; what our own writes change does not make the rest any younger. */
function createCache(monotonic: () => number) {
  const entries = createBoundedCache<{ known: KnownEndUser; untilMs: number }>(MAX_CACHED)
  const live = (key: string) => {
    const entry = entries.get(key)
    return entry && monotonic() < entry.untilMs ? entry : undefined
  }
  return {
    get: (key: string) => live(key)?.known,
    set(key: string, known: KnownEndUser) {
      const entry = live(key)
      if (entry) entry.known = known
      else entries.set(key, { known, untilMs: monotonic() + CACHED_MS })
    },
    change(key: string, change: (known: KnownEndUser) => Partial<KnownEndUser>) {
      const entry = live(key)
      if (entry) entry.known = { ...entry.known, ...change(entry.known) }
    },
    delete: (key: string) => entries.delete(key),
  }
}

export function createEndUsers(options: EndUsersOptions): EndUsers {
  const { upstream, rateLimits, metrics, allowUnverifiedUpdates, monotonic } = options
  const cache = createCache(monotonic)
  const mutex = createMutex()
  /** Whose wishes upstream has failed on, lately: that may have been an outage; the next time they are passed over. */
  const stumbled = createBoundedCache<true>(MAX_CACHED)
  /** New anonymous visitors who were let in and could not be created yet: trying again takes no other place. */
  const admitted = createBoundedCache<true>(MAX_CACHED)

  /** Notes that upstream has failed on somebody's wishes. @returns whether that may have been a mere outage */
  const noteUpdateFailure = (key: string, error: unknown): boolean => {
    const isFirst = isTransientError(error) && !stumbled.get(key)
    if (isFirst) stumbled.set(key, true)
    return isFirst
  }

  async function fetchOne(key: string, { email }: Subject): Promise<KnownEndUser | undefined> {
    const records = await upstream.call({ operation: 'find_end_user', subject: key }, client =>
      client.endUsers.list({ email }).page(),
    )
    // An upstream that does not know the filter answers with strangers.
    const record = records.find(({ email: found }) => normalizeEmail(found ?? '') === key)
    if (!record) return undefined
    const known = toKnown(record)
    cache.set(key, known)
    return known
  }

  async function create(key: string, { subject, identity, clientKey }: EnsureOptions): Promise<KnownEndUser> {
    if (subject.level === 'anonymous' && !admitted.get(key)) {
      const waitMs = await rateLimits.newAnonymous(clientKey)
      if (waitMs !== undefined) throw new RetryLaterError('rate_limited', waitMs)
      metrics.count('zeroten_anonymous_end_users_total')
      admitted.set(key, true)
    }
    const wishes = stumbled.get(key) ? undefined : identity
    const properties = withoutNulls(wishes?.properties ?? {})
    const more: Changes = {
      ...(wishes?.externalCreatedAt !== undefined && { external_created_at: wishes.externalCreatedAt }),
      ...(Object.keys(properties).length > 0 && { properties }),
    }
    const post = async (more: Partial<EndUserParameters>) => {
      const record = await upstream
        .call({ operation: 'create_end_user', subject: key }, client =>
          client.endUsers.create({ email: subject.email, ...more }),
        )
        .catch((error: unknown) => {
          if (!isEmpty(more)) noteUpdateFailure(key, error)
          if (resultOf(error).status === 'retry') throw error
          return undefined
        })
      if (!record) return undefined
      admitted.delete(key)
      const known = { ...toKnown(record), answers: { fromS: 0, responseS: 0, declineS: 0 } }
      cache.set(key, known)
      return known
    }
    const found =
      (await post(more)) ??
      // Taken: another proxy was faster, or the answer to an earlier attempt was lost.
      (await fetchOne(key, subject)) ??
      // Or it is what the page says of its visitor that upstream won't have.
      (isEmpty(more) ? undefined : await post({}))
    if (!found) throw new Error('an end user could be neither created nor found')
    return found
  }

  /** @param isWish what upstream refuses of it, or fails on twice, is passed over for as long as the end user is remembered */
  async function update(
    key: string,
    known: KnownEndUser,
    changes: Changes,
    isWish: boolean,
  ): Promise<KnownEndUser> {
    await upstream
      .call({ operation: 'update_end_user', subject: key }, client =>
        client.endUsers.update(known.id, changes),
      )
      .catch((error: unknown) => {
        if (!isWish || statusOf(error) === 404 || noteUpdateFailure(key, error)) throw error
        metrics.count('zeroten_end_user_updates_refused_total')
      })
    const { properties = {}, external_created_at = known.externalCreatedAt } = changes
    const updated = {
      ...(cache.get(key) ?? known),
      properties: withoutNulls({ ...known.properties, ...properties }),
      externalCreatedAt: external_created_at,
    }
    cache.set(key, updated)
    return updated
  }

  /** Brings somebody into the state that `changes` asks for; at once where upstream is known to have it so. */
  function settle(
    options: EnsureOptions,
    changes: (known: KnownEndUser) => Changes,
    isWish: boolean,
  ): Promise<KnownEndUser> {
    const { subject } = options
    const key = subjectKey(subject)
    const cached = cache.get(key)
    if (cached && isEmpty(changes(cached))) return Promise.resolve(cached)
    return mutex.run(key, async () => {
      const find = async () => (await fetchOne(key, subject)) ?? create(key, options)
      const known = cache.get(key) ?? (await asRetryable(find()))
      const missing = changes(known)
      return isEmpty(missing) ? known : update(key, known, missing, isWish)
    })
  }

  return {
    find(subject) {
      const key = subjectKey(subject)
      const cached = cache.get(key)
      if (cached) return Promise.resolve(cached)
      return mutex.run(key, async () => cache.get(key) ?? fetchOne(key, subject))
    },
    ensure(options) {
      const { identity, subject } = options
      const mayUpdate = subject.level === 'proven' || allowUnverifiedUpdates
      return settle(options, known => (identity && mayUpdate ? changesFor(known, identity) : {}), true)
    },
    setProperties: (subject, properties) =>
      settle(
        { subject },
        known => changesFor(known, { subject, properties, externalCreatedAt: undefined }),
        false,
      ),
    remember: (subject, change) => cache.change(subjectKey(subject), change),
    forget: subject => void cache.delete(subjectKey(subject)),
    exists: (subject, { id }) =>
      upstream
        .call({ operation: 'get_end_user', subject: subjectKey(subject) }, client => client.endUsers.get(id))
        .then(() => true, unlessMissing),
  }
}
