import { ApiError, ResponseError } from '../../client/index.js'
import { isTransientStatus } from '../../http/retry-table.js'
import { createBoundedCache } from '../../runtime/bounded-cache.js'
import { statusOf, type Upstream } from '../delivery/upstream.js'
import type { EndUsers } from '../end-users/end-users.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import { type Subject, subjectKey } from '../identity/identity.js'

const MAX_CACHED = 10_000
const CACHED_MS = 600_000
/** For so long an upstream without settings is not asked for them again. */
const MISSING_MS = 600_000

/** What upstream itself says of an end user: later editions of the API let them be taken out of surveys there. */
export interface EndUserSettings {
  /** Whether the end user may be asked on a page; also where upstream keeps no settings. Rejects where it fails. */
  allowAsking(subject: Subject, endUser: KnownEndUser): Promise<boolean>
}

export interface EndUserSettingsOptions {
  upstream: Upstream
  endUsers: Pick<EndUsers, 'exists'>
  /** Milliseconds. */
  monotonic: () => number
}

/** Whether upstream has no such thing, in whatever words it says so: it did not fail. */
const isUnsupported = (error: unknown): boolean =>
  error instanceof ResponseError || (error instanceof ApiError && !isTransientStatus(error.status))

export function createEndUserSettings(options: EndUserSettingsOptions): EndUserSettings {
  const { upstream, endUsers, monotonic } = options
  const cache = createBoundedCache<{ allows: boolean; untilMs: number }>(MAX_CACHED)
  let missingUntilMs = 0

  async function read(subject: Subject, endUser: KnownEndUser): Promise<boolean> {
    try {
      const about = { operation: 'get_settings', subject: subjectKey(subject), counts: false } as const
      const settings = await upstream.call(about, client => client.endUsers.settings(endUser.id))
      return settings.web_nps && !settings.surveys_disabled_by_end_user
    } catch (error) {
      if (!isUnsupported(error)) throw error
      // An end user that was deleted meanwhile says nothing of the others' settings.
      const mayBeDeleted = statusOf(error) === 404
      if (!mayBeDeleted || (await endUsers.exists(subject, endUser)))
        missingUntilMs = monotonic() + MISSING_MS
      return true
    }
  }

  return {
    async allowAsking(subject, endUser) {
      const nowMs = monotonic()
      if (nowMs < missingUntilMs) return true
      const key = String(endUser.id)
      const known = cache.get(key)
      if (known && nowMs < known.untilMs) return known.allows
      const allows = await read(subject, endUser)
      cache.set(key, { allows, untilMs: nowMs + CACHED_MS })
      return allows
    },
  }
}
