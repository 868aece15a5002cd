import { DAY_S, MAX_EVENT_AGE_DAYS } from '../../domain/retention.js'
import {
  type DeliveryEvent,
  type EventResult,
  MAX_CLOCK_ERROR_MS,
  type RetryReason,
} from '../../wire/delivery.js'
import type { Task } from '../delivery/task.js'
import { limitKey, type Subject, subjectKey } from '../identity/identity.js'
import type { Ticket } from '../identity/ticket-seal.js'
import type { OpenedTicket, Tickets } from '../identity/tickets.js'
import type { RateLimits } from '../limits/rate-limits.js'
import type { ParsedBatch, ParsedEvent } from '../request/parse-batch.js'
import type { EventResults, IdentifiedBatch, OwnedBatch } from './batch-context.js'

const MAX_AGE_S = MAX_EVENT_AGE_DAYS * DAY_S
const MAX_FUTURE_S = 300

export interface OwnOptions {
  tickets: Pick<Tickets, 'open'>
  rateLimits: Pick<RateLimits, 'request'>
}

const retry = (reason: RetryReason): EventResult => ({ status: 'retry', reason })

/** By how much the device's clock is behind ours, milliseconds; 0 where that is no more than a slow network explains. */
function clockErrorMs({ batch: { sentAt }, arrivedMs }: IdentifiedBatch): number {
  const errorMs = sentAt === undefined ? 0 : arrivedMs - sentAt
  return Math.abs(errorMs) > MAX_CLOCK_ERROR_MS ? errorMs : 0
}

/** `at` is known to the second: its middle is the best guess. */
const correct = (at: number, errorMs: number): number => Math.floor((at * 1_000 + 500 + errorMs) / 1_000)

/** How far the time of a record may lie from the event's, seconds: a correction is as exact as the network is quick. */
const toleranceOf = ({ corrected }: DeliveryEvent, errorMs: number): number =>
  corrected || errorMs ? MAX_CLOCK_ERROR_MS / 1_000 : 0

/** The time of the act, or undefined where the device's clock must have been wrong. */
function timeOf(at: number, isClamped: boolean, nowS: number): number | undefined {
  const clamped = Math.min(Math.max(at, nowS - MAX_AGE_S), nowS + MAX_FUTURE_S)
  return clamped === at || isClamped ? clamped : undefined
}

/** Whether somebody is the one who is on the page. */
const isPresent = (somebody: Subject, who: IdentifiedBatch['who']): boolean =>
  typeof who === 'object' && subjectKey(who.subject) === subjectKey(somebody)

/** All tickets of a batch; most batches have one. */
async function openAll(
  tickets: Pick<Tickets, 'open'>,
  { events }: ParsedBatch,
): Promise<ReadonlyMap<string, OpenedTicket>> {
  const opened = new Map<string, OpenedTicket>()
  for (const { event } of events) {
    if (event?.ticket === undefined || opened.has(event.ticket)) continue
    opened.set(event.ticket, await tickets.open(event.ticket))
  }
  return opened
}

/** Whose an event is: by its ticket first, else by who is on the page. */
function ownerOf(
  ticket: OpenedTicket | undefined,
  who: IdentifiedBatch['who'],
): (Pick<Ticket, 'subject' | 'answer'> & { issuedAtS?: number }) | EventResult {
  if (typeof ticket === 'string') return retry(ticket)
  if (ticket && !ticket.isExpired) return ticket
  // A visitor who comes back after months brings the ticket of then, and is who it names.
  if (ticket && (ticket.answer || !isPresent(ticket.subject, who))) return retry('ticket_expired')
  if (who === undefined) return retry('identity_missing')
  return typeof who === 'string' ? retry(who) : { subject: who.subject }
}

/** Why a page view or an impression may not be recorded: the one who has refused is the one who is on the page. */
function refusalOf(subject: Subject, who: IdentifiedBatch['who']): EventResult | undefined {
  if (typeof who !== 'object') return retry(who ?? 'identity_missing')
  return isPresent(subject, who) ? { status: 'rejected', reason: 'consent_refused' } : undefined
}

/** One event as it is to be delivered, or why it can't be. */
function toTask(
  parsed: ParsedEvent,
  opened: ReadonlyMap<string, OpenedTicket>,
  context: IdentifiedBatch,
): Task | EventResult {
  const errorMs = clockErrorMs(context)
  // The device must learn how wrong its clock is before it repeats an act: by when did an earlier attempt go?
  if (errorMs && parsed.event?.tried) return retry('clock')
  const { who, arrivedMs, hostConsent, client, requestId, deadline } = context
  if (!parsed.event)
    return parsed.problem === 'invalid'
      ? { status: 'rejected', reason: 'invalid' }
      : retry('unsupported_version')
  const { event } = parsed
  const isAnswer = event.type === 'response' || event.type === 'decline'
  const at = timeOf(correct(event.at, errorMs), event.clamped === true, Math.floor(arrivedMs / 1_000))
  if (at === undefined) return retry('clock')
  if (isAnswer && event.ticket === undefined) return { status: 'rejected', reason: 'ticket_required' }
  const owner = ownerOf(event.ticket === undefined ? undefined : opened.get(event.ticket), who)
  if ('status' in owner) return owner
  const { subject, answer, issuedAtS = 0 } = owner
  if (isAnswer && !answer) return { status: 'rejected', reason: 'ticket_required' }
  const isOfSurvey = isAnswer || event.type === 'impression'
  const isObserved = event.type === 'page_view' || event.type === 'impression'
  const refusal = isObserved && hostConsent === false && refusalOf(subject, who)
  if (refusal) return refusal
  return {
    // Nobody answers before being asked: an earlier time would let the next survey come early.
    event: { ...event, at: isOfSurvey ? Math.max(at, issuedAtS) : at },
    subject,
    answer: isOfSurvey ? answer : undefined,
    ipAddress: client?.text,
    requestId,
    deadline,
    isSuspect: false,
    toleranceS: toleranceOf(event, errorMs),
  }
}

function sortEvents(
  context: IdentifiedBatch,
  opened: ReadonlyMap<string, OpenedTicket>,
): Pick<OwnedBatch, 'refused' | 'bySubject'> {
  const refused: Record<keyof EventResults, EventResult> = Object.create(null)
  const bySubject = new Map<string, { subject: Subject; tasks: Task[] }>()
  for (const parsed of context.batch.events) {
    const task = toTask(parsed, opened, context)
    if ('status' in task) {
      refused[parsed.id] = task
      continue
    }
    const key = subjectKey(task.subject)
    const group = bySubject.get(key) ?? { subject: task.subject, tasks: [] }
    group.tasks.push(task)
    bySubject.set(key, group)
  }
  return { refused, bySubject }
}

/**
 * The fourth stage: says of every event whose it is and whether it may be delivered at all, and counts the request by its
 * owner. Rejects with a ProxyError 429 where that one has sent too many.
 */
export function createOwn({ tickets, rateLimits }: OwnOptions) {
  return async (context: IdentifiedBatch): Promise<OwnedBatch> => {
    const { batch, identity, client } = context
    const sorted = sortEvents(context, await openAll(tickets, batch))
    const [[firstKey, first] = []] = sorted.bySubject
    const subject = identity?.subject ?? first?.subject
    await rateLimits.request(client?.key, subject && limitKey(subject), batch.events.length > 0)
    return { ...context, ...sorted, ownerKey: identity ? subjectKey(identity.subject) : firstKey }
  }
}
