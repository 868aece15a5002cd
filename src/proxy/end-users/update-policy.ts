import { createBoundedCache } from '../../runtime/bounded-cache.js'
import type { EndUserParameters, Properties } from '../../wire/v1.js'
import { isTransientError } from '../delivery/upstream.js'
import type { Identity, Subject } from '../identity/identity.js'
import { MAX_CACHED_END_USERS } from './end-user-cache.js'
import type { KnownEndUser } from './known-end-user.js'

/** What upstream is told of an end user. */
export type EndUserChanges = Pick<Partial<EndUserParameters>, 'properties' | 'external_created_at'>

export const isEmpty = (changes: EndUserChanges): boolean => Object.keys(changes).length === 0

const withoutNulls = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null))

/** What upstream does not have of an identity, or has otherwise. */
export function changesFor(
  known: KnownEndUser,
  { properties, externalCreatedAt }: Pick<Identity, 'properties' | 'externalCreatedAt'>,
): EndUserChanges {
  const differing = Object.entries(properties).filter(
    ([name, value]) => (known.properties[name] ?? null) !== value,
  )
  return {
    ...(differing.length > 0 && { properties: Object.fromEntries(differing) }),
    ...(externalCreatedAt !== undefined &&
      externalCreatedAt !== known.externalCreatedAt && { external_created_at: externalCreatedAt }),
  }
}

/** The end user as upstream has it after the changes: a property of null is one that goes. */
export function applyChanges(
  known: KnownEndUser,
  { properties = {}, external_created_at = known.externalCreatedAt }: EndUserChanges,
): Pick<KnownEndUser, 'properties' | 'externalCreatedAt'> {
  return {
    properties: withoutNulls({ ...known.properties, ...properties }),
    externalCreatedAt: external_created_at,
  }
}

/** Which of the things that are said of a visitor upstream is told, and how often it may fail on them. */
export interface UpdatePolicy {
  /** What a new end user is described by; nothing where upstream has failed on it lately. */
  describe(key: string, identity: Identity | undefined): EndUserChanges
  /** What an end user that exists lacks of an identity; nothing where its subject may not write. */
  missing(known: KnownEndUser, subject: Subject, identity: Identity | undefined): EndUserChanges
  /** Notes that upstream has failed on what is said of somebody. @returns whether that may have been a mere outage */
  noteUpdateFailure(key: string, error: unknown): boolean
}

/** @param allowUnverifiedUpdates lets identities that are not proven change an end user that exists */
export function createUpdatePolicy(allowUnverifiedUpdates: boolean): UpdatePolicy {
  /** On whose description upstream has failed lately. That may have been an outage; the next time it is passed over. */
  const failedOnce = createBoundedCache<true>(MAX_CACHED_END_USERS)
  return {
    describe(key, identity) {
      if (!identity || failedOnce.get(key)) return {}
      const properties = withoutNulls(identity.properties)
      return {
        ...(identity.externalCreatedAt !== undefined && { external_created_at: identity.externalCreatedAt }),
        ...(Object.keys(properties).length > 0 && { properties }),
      }
    },
    missing(known, { level }, identity) {
      const mayUpdate = level === 'proven' || allowUnverifiedUpdates
      return identity && mayUpdate ? changesFor(known, identity) : {}
    },
    noteUpdateFailure(key, error) {
      const isFirst = isTransientError(error) && !failedOnce.get(key)
      if (isFirst) failedOnce.set(key, true)
      return isFirst
    },
  }
}
