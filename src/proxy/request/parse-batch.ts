import * as v from 'valibot'
import { LAST_SECOND, MAX_TEXT_LENGTH } from '../../domain/bounds.js'
import { isStorable } from '../../domain/storable-text.js'
import {
  type Batch,
  DELIVERY_VERSION,
  type DeliveryEvent,
  type IdentityClaim,
  MAX_BATCH_EVENTS,
  type VerdictRequest,
} from '../../wire/delivery.js'
import { emailSchema, labelSchema, pagePropertiesSchema } from '../identity/identity-schema.js'
import { cleanPageUrl } from './page-url.js'
import { parseJson } from './parse-json.js'
import { ProxyError } from './proxy-error.js'

const MAX_TICKET_LENGTH = 2_048
const MAX_TOKEN_LENGTH = 8_192

const uuid = v.pipe(v.string(), v.regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i))
const unixSeconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(LAST_SECOND))
const days = v.pipe(v.number(), v.minValue(0), v.maxValue(36_500))
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100))
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000))

/** What is wrong in the trimmings of a batch is left out: its events are not to blame for it. */
const orNothing = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined)

const identitySchema = v.object({
  // What says whose the events are is not left out where it is wrong: they would become another's.
  token: v.optional(v.fallback(v.pipe(v.string(), v.maxLength(MAX_TOKEN_LENGTH)), '')),
  email: v.optional(v.fallback(emailSchema, '')),
  anonymous_id: uuid,
  external_created_at: orNothing(unixSeconds),
  properties: orNothing(pagePropertiesSchema),
})

const askSchema = v.object({
  consent_refused: orNothing(v.literal(true)),
  no_page_views: orNothing(v.literal(true)),
  survey_immediately: orNothing(v.literal(true)),
  opted_out: orNothing(v.literal(true)),
  session_page_views: orNothing(count),
  event_name: orNothing(labelSchema),
  first_survey_days: orNothing(days),
  resurvey_days: orNothing(days),
  decline_resurvey_days: orNothing(days),
  registered_percent: orNothing(percent),
  visitor_percent: orNothing(percent),
  min_page_views: orNothing(count),
})

const evictedSchema = v.object({
  page_view: orNothing(count),
  response: orNothing(count),
  decline: orNothing(count),
  impression: orNothing(count),
  opt_out: orNothing(count),
})

const showingSchema = v.object({
  form: orNothing(v.picklist(['bar', 'popover', 'modal', 'inline'])),
  language: orNothing(v.pipe(v.string(), v.regex(/^[\da-z-]{2,35}$/i))),
  wording: orNothing(v.pipe(v.string(), v.regex(/^[\da-z]{1,32}$/i))),
  version: orNothing(v.pipe(v.string(), v.regex(/^[\w.+-]{1,32}$/))),
  device: orNothing(v.picklist(['phone', 'tablet', 'desktop'])),
})

const batchSchema = v.object({
  v: v.number(),
  id: uuid,
  events: v.array(v.looseObject({ v: v.unknown(), id: v.pipe(v.string(), v.maxLength(64)) })),
  identity: v.nullish(identitySchema),
  ask: orNothing(askSchema),
  sent_at: orNothing(v.pipe(v.number(), v.finite())),
  evicted: orNothing(evictedSchema),
})

/** The text as it can be stored: whole characters, no U+0000, no more of them than there may be. */
function repairText(text: string): string {
  const whole = isStorable(text) ? text : text.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('\u0000', '')
  // Counting code points costs an array; no text of few enough units has too many.
  return whole.length <= MAX_TEXT_LENGTH ? whole : [...whole].slice(0, MAX_TEXT_LENGTH).join('')
}

/** A yes beside an event, where anything but a no stands for it. */
const yes = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((given): true | undefined => (given ? true : undefined)),
  ),
)

/** An event is refused for its id, kind, score or time alone: what else can't be kept of it is left out. */
function createEventSchema(keepQuery: ReadonlySet<string>, onCut: () => void) {
  const pageUrl = v.pipe(
    v.optional(v.unknown(), ''),
    v.transform(given => (typeof given === 'string' ? (cleanPageUrl(given, keepQuery, onCut) ?? '') : '')),
  )
  const base = {
    v: v.literal(DELIVERY_VERSION),
    id: uuid,
    at: unixSeconds,
    // What says whose it is can't be left out: a ticket that is none is one that can't be opened.
    ticket: v.optional(v.fallback(v.pipe(v.string(), v.maxLength(MAX_TICKET_LENGTH)), '')),
    tried: yes,
    clamped: yes,
    corrected: yes,
  }
  return v.variant('type', [
    v.object({ ...base, type: v.literal('page_view'), url: pageUrl }),
    v.object({
      ...base,
      type: v.literal('response'),
      score: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10)),
      text: orNothing(v.pipe(v.string(), v.transform(repairText))),
      origin_url: pageUrl,
      share: orNothing(v.boolean()),
      survey: orNothing(showingSchema),
    }),
    v.object({
      ...base,
      type: v.literal('decline'),
      origin_url: pageUrl,
      survey: orNothing(showingSchema),
    }),
    v.object({ ...base, type: v.literal('impression'), survey: orNothing(showingSchema), ignored: yes }),
    v.object({ ...base, type: v.literal('opt_out') }),
  ])
}

/** Without the names that stand for nothing. */
const compact = <T extends object>(event: T): T =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined)) as T

/** One event of a batch: itself, or why it is none. */
export type ParsedEvent =
  | { id: string; event: DeliveryEvent }
  | { id: string; event?: undefined; problem: 'invalid' | 'unsupported_version' }

export interface ParsedBatch {
  id: string
  events: ParsedEvent[]
  identity: IdentityClaim | undefined
  ask: VerdictRequest | undefined
  sentAt: Batch['sent_at']
  evicted: { [Type in DeliveryEvent['type']]?: number | undefined }
}

const malformed = (message: string) => new ProxyError(400, 'malformed', message)

/**
 * Turns the text of a request into a batch. An event that is wrong is told as such, alone; names that the wire does not
 * have are dropped here, so that nothing of a browser's own choosing travels on.
 *
 * @param keepQuery parameters that a page's address may keep
 * @param onCut is told where another parameter goes: pages send only those that their site wants to keep
 * @returns a function that throws ProxyError 400, 409 or 413 where the batch as a whole can't be read
 */
export function createBatchParser(
  keepQuery: ReadonlySet<string>,
  onCut: () => void = () => undefined,
): (text: string) => ParsedBatch {
  const eventSchema = createEventSchema(keepQuery, onCut)
  const parseEvent = (candidate: { id: string; v: unknown }): ParsedEvent => {
    const { id } = candidate
    if (typeof candidate.v === 'number' && candidate.v > DELIVERY_VERSION)
      return { id, problem: 'unsupported_version' }
    const { success, output } = v.safeParse(eventSchema, candidate, { abortEarly: true })
    return success ? { id, event: compact(output) as DeliveryEvent } : { id, problem: 'invalid' }
  }
  return text => {
    const { success, output, issues } = v.safeParse(batchSchema, parseJson(text), { abortEarly: true })
    if (!success) throw malformed(`not a batch: ${v.getDotPath(issues[0]) ?? 'the whole'}`)
    const { v: version, id, events, identity, ask, sent_at, evicted = {} } = output
    if (version !== DELIVERY_VERSION)
      throw new ProxyError(409, 'unsupported_version', `this proxy speaks version ${DELIVERY_VERSION}`)
    if (events.length > MAX_BATCH_EVENTS)
      throw new ProxyError(413, 'too_large', `more than ${MAX_BATCH_EVENTS} events`)
    return {
      id,
      events: events.map(parseEvent),
      identity: identity ?? undefined,
      ask,
      sentAt: sent_at,
      evicted,
    }
  }
}
