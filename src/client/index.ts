/**
 * The typed client of the v1 API. It needs Web standards alone: Node, Workers, Deno and Bun.
 *
 * @example
 * ```ts
 * import { createClient } from 'zeroten/client'
 *
 * const client = createClient({
 *   credentials: { clientId: 'my-app', clientSecret: 'my-secret' },
 * })
 * const ada = await client.endUsers.create({ email: 'ada@example.com' })
 * if (ada) await client.responses.create(ada.id, { score: 9, origin_url: 'https://example.com' })
 * for await (const response of client.responses.list({ created: { gte: 1_700_000_000 } })) {
 *   console.log(response.score, response.text)
 * }
 * ```
 *
 * @module
 */

export type { ZerotenError } from '../http/zeroten-error.js'
export type {
  BucketAnswer,
  CommentAnswer,
  CommentsAnswer,
  Instant,
  PeriodAnswer,
  RatesAnswer,
  ReportAnswer,
  ReportParameters,
  ReportUnit,
  ScoreAnswer,
  SegmentsAnswer,
  SeriesAnswer,
} from '../wire/report.js'
export type {
  Datetime,
  Decline,
  DeclineParameters,
  EndUser,
  EndUserParameters,
  EndUserSettings,
  ErrorList,
  Impression,
  ImpressionParameters,
  LaterFields,
  ListParameters,
  MarkParameters,
  NpsSummary,
  PageView,
  PageViewParameters,
  Properties,
  ResponseParameters,
  ResponseRecord,
  Segment,
  SettingsParameters,
  SurveyMoment,
  SurveyParameters,
  TimeFilter,
  UnixSeconds,
} from '../wire/v1.js'
export type {
  Webhook,
  WebhookClass,
  WebhookDecline,
  WebhookEndUser,
  WebhookFormat,
  WebhookKind,
  WebhookMessage,
  WebhookParameters,
  WebhookResponse,
  WebhookState,
  WebhookTest,
  WebhookWithSecret,
} from '../wire/webhook.js'
export { ApiError, type ApiErrorDetails } from './api-error.js'
export type {
  Client,
  CreateOptions,
  DatetimeField,
  EmptyField,
  EndUserName,
  MissingField,
  Pages,
  Parsed,
  RequestOptions,
  ResponseClass,
} from './client.js'
export { ClientError, type RequestLine } from './client-error.js'
export { type ClientOptions, createClient } from './create-client.js'
export type {
  ClientCredentials,
  Credentials,
  PasswordCredentials,
  RefreshCredentials,
  Secret,
} from './credentials.js'
export type { Fetch, FetchAnswer, FetchInit } from './fetch-transport.js'
export { NetworkError } from './network-error.js'
export type { RateLimit } from './rate-limit.js'
export type { ReportResources } from './report-resources.js'
export { ResponseError, type ResponseErrorCode } from './response-error.js'
export { TimeoutError } from './timeout-error.js'
export { TokenError, type TokenErrorCode, type TokenErrorDetails } from './token-error.js'
export type { PendingExchange, Transport, TransportRequest, TransportResponse } from './transport.js'
export { type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './verify-webhook.js'
export { WebhookError, type WebhookErrorCode } from './webhook-error.js'
export type { WebhookResources } from './webhook-resources.js'
