import type { Parsed } from '../../client/index.js'
import type { EndUser, Properties, UnixSeconds } from '../../wire/v1.js'

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

export const toKnownEndUser = (record: Parsed<EndUser>): KnownEndUser => ({
  id: record.id,
  externalCreatedAt: record.external_created_at,
  properties: record.properties,
  pageViews: record.page_views_count ?? null,
  lastSurveyedS: Math.floor((record.last_surveyed?.getTime() ?? 0) / 1_000),
  answers: undefined,
  written: { responseS: 0, declineS: 0 },
})
