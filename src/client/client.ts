import type {
  Decline,
  DeclineParameters,
  EndUser,
  EndUserParameters,
  EndUserSettings,
  Impression,
  ImpressionParameters,
  ListParameters,
  MarkParameters,
  NpsSummary,
  PageView,
  PageViewParameters,
  ResponseParameters,
  ResponseRecord,
  Segment,
  SettingsParameters,
} from '../wire/v1.js'
import type { RateLimit } from './rate-limit.js'
import type { ReportResources } from './report-resources.js'
import type { WebhookResources } from './webhook-resources.js'

/** Fields that the client returns as dates. */
export type DatetimeField = 'created_at' | 'updated_at' | 'at' | 'last_surveyed'
/** The service of today leaves these out. */
export type MissingField = 'user_id' | 'page_views_count'
/** And these are null there: an end user known by phone number, a response that came by e-mail. */
export type EmptyField = 'email' | 'origin_url'

/**
 * A record as the client returns it: the wire's names, its datetimes parsed, and what the service of today no longer
 * promises (though the API document does) optional or null.
 */
export type Parsed<T> = {
  [K in keyof T as Exclude<K, MissingField>]: K extends DatetimeField
    ? Date | Extract<T[K], null>
    : K extends EmptyField
      ? T[K] | null
      : T[K]
} & { [K in Extract<keyof T, MissingField>]?: T[K] }

/** What any call may be given. */
export interface RequestOptions {
  /** Ends the request, its retries and its waits. */
  signal?: AbortSignal
}

/** What a call may be given that creates a record. */
export interface CreateOptions extends RequestOptions {
  /** Names the act, so that an API that honours keys answers a repeated POST with the first result. */
  idempotencyKey?: string
  /** Called before each attempt, once there is a token for it: what it throws ends the call, and nothing is sent. */
  beforeSend?: () => void
}

/**
 * A list that asks for a page only when its records are wanted. Iterating it again starts over. The service of today
 * gives no more than 30 pages: narrow what is longer by `created`.
 */
export interface Pages<T> extends AsyncIterable<T> {
  /** One page: `page` from 1 and `per_page` of the list's own parameters. */
  page(number?: number): Promise<T[]>
}

/** One name of an end user besides its id (later document). */
export type EndUserName = { email: string } | { external_id: string } | { phone_number: string }

/** promoters 9–10, passives 7–8, detractors 0–6. */
export type ResponseClass = 'promoters' | 'passives' | 'detractors'

/**
 * Every endpoint of the v1 API. A method resolves with the whole record, or with undefined where a write was answered
 * without one. It rejects with a `ClientError`: `ApiError` where the API refused, `ResponseError` where what answered is
 * not the API, `NetworkError` and `TimeoutError` where nothing did, `TokenError` where there is no token to be had; with a
 * TypeError where an argument cannot be sent; and with the reason of an aborted signal.
 */
export interface Client {
  readonly endUsers: {
    list(parameters?: ListParameters & { email?: string }, options?: RequestOptions): Pages<Parsed<EndUser>>
    get(id: number, options?: RequestOptions): Promise<Parsed<EndUser>>
    create(parameters: EndUserParameters, options?: CreateOptions): Promise<Parsed<EndUser> | undefined>
    update(
      id: number,
      parameters: Partial<EndUserParameters>,
      options?: RequestOptions,
    ): Promise<Parsed<EndUser> | undefined>
    delete(id: number, options?: RequestOptions): Promise<Parsed<EndUser> | undefined>
    /**
     * zeroten's own API: deletes the end user for good. What they did until now is refused, where it waits on a device or is on
     * its way; what they do from now on makes a new end user.
     */
    erase(id: number, options?: RequestOptions): Promise<Parsed<EndUser> | undefined>
    /** Later document: the end user of that name. Rejects with `not_found` where there is none. */
    find(name: EndUserName, options?: RequestOptions): Promise<Parsed<EndUser>>
    /** Later document: by which roads the end user may be asked. */
    settings(id: number, options?: RequestOptions): Promise<Parsed<EndUserSettings>>
    /** Later document. */
    updateSettings(
      id: number,
      parameters: SettingsParameters,
      options?: RequestOptions,
    ): Promise<Parsed<EndUserSettings> | undefined>
  }
  readonly responses: {
    /** Later document: a response by its id alone. */
    getById(id: number, options?: RequestOptions): Promise<Parsed<ResponseRecord>>
    /** Later document: marks a response as complete, or excludes it from calculations. */
    mark(id: number, marks: MarkParameters, options?: RequestOptions): Promise<void>
    /** Later document: deletes a response by its id alone. */
    deleteById(id: number, options?: RequestOptions): Promise<void>
    /** Those of the whole account. */
    list(parameters?: ListParameters, options?: RequestOptions): Pages<Parsed<ResponseRecord>>
    /** Those of one end user, of one class where it is given. */
    listOf(
      endUserId: number,
      parameters?: ListParameters & { class?: ResponseClass },
      options?: RequestOptions,
    ): Pages<Parsed<ResponseRecord>>
    get(endUserId: number, id: number, options?: RequestOptions): Promise<Parsed<ResponseRecord>>
    create(
      endUserId: number,
      parameters: ResponseParameters,
      options?: CreateOptions,
    ): Promise<Parsed<ResponseRecord> | undefined>
    delete(
      endUserId: number,
      id: number,
      options?: RequestOptions,
    ): Promise<Parsed<ResponseRecord> | undefined>
  }
  readonly declines: {
    /** Later document: a decline by its id alone. */
    getById(id: number, options?: RequestOptions): Promise<Parsed<Decline>>
    /** Later document: marks a decline as complete, or excludes it from calculations. */
    mark(id: number, marks: MarkParameters, options?: RequestOptions): Promise<void>
    /** Later document: deletes a decline by its id alone. */
    deleteById(id: number, options?: RequestOptions): Promise<void>
    list(parameters?: ListParameters, options?: RequestOptions): Pages<Parsed<Decline>>
    listOf(endUserId: number, parameters?: ListParameters, options?: RequestOptions): Pages<Parsed<Decline>>
    get(endUserId: number, id: number, options?: RequestOptions): Promise<Parsed<Decline>>
    create(
      endUserId: number,
      parameters?: DeclineParameters,
      options?: CreateOptions,
    ): Promise<Parsed<Decline> | undefined>
    delete(endUserId: number, id: number, options?: RequestOptions): Promise<Parsed<Decline> | undefined>
  }
  readonly pageViews: {
    listOf(endUserId: number, parameters?: ListParameters, options?: RequestOptions): Pages<Parsed<PageView>>
    get(endUserId: number, id: number, options?: RequestOptions): Promise<Parsed<PageView>>
    create(
      endUserId: number,
      parameters?: PageViewParameters,
      options?: CreateOptions,
    ): Promise<Parsed<PageView> | undefined>
    delete(endUserId: number, id: number, options?: RequestOptions): Promise<Parsed<PageView> | undefined>
  }
  /**
   * Later document: the NPS of a range of days (`2024-05-31`, both included), of the last month where none is given.
   */
  npsSummary(range?: { start?: string; end?: string }, options?: RequestOptions): Promise<NpsSummary>
  readonly impressions: {
    /** zeroten's own API: that a survey was visible, once for each invitation. */
    create(
      endUserId: number,
      parameters: ImpressionParameters,
      options?: CreateOptions,
    ): Promise<Parsed<Impression> | undefined>
  }
  readonly report: ReportResources
  /** zeroten's own API: who is told of responses, declines and opt-outs. */
  readonly webhooks: WebhookResources
  /** Later document: the properties that end users have. */
  segments(options?: RequestOptions): Promise<Parsed<Segment>[]>
  /** Obtains a token if there is none that lives; for readiness checks. */
  ready(options?: RequestOptions): Promise<void>
  /**
   * For how many seconds the API keeps idempotency keys, learned from its answers: 0 where it ignores them,
   * undefined before the first answer to a POST with a key.
   */
  readonly idempotencyRetentionS: number | undefined
  /** The rate limit as the latest answer told it; undefined where none did. */
  readonly rateLimit: RateLimit | undefined
}
