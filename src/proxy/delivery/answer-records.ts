import type { DeclineEvent, ResponseEvent } from '../../wire/delivery.js'
import type { KnownAnswers } from '../end-users/known-end-user.js'
import type { Task } from './task.js'
import { asRetryable, type Upstream } from './upstream.js'

/** A response or a decline. */
export type AnswerTask = Task<ResponseEvent | DeclineEvent>

/** More than one person answers between two looks. */
const PER_PAGE = 50

/** A response or decline as upstream has it. */
export interface AnswerRecord {
  /** Unique among both. */
  name: string
  createdS: number
  /** Undefined: a decline. */
  response?: { score: number; text: string }
}

const toS = (date: Date): number => Math.floor(date.getTime() / 1_000)

/** The latest responses and declines since `fromS`. @param key the subject's */
export async function listAnswers(
  upstream: Upstream,
  key: string,
  endUserId: number,
  fromS: number,
): Promise<AnswerRecord[]> {
  const parameters = { created: { gte: fromS }, per_page: PER_PAGE, sort_order: 'desc' as const }
  const [responses, declines] = await asRetryable(
    Promise.all([
      upstream.call({ operation: 'list_responses', subject: key }, client =>
        client.responses.listOf(endUserId, parameters).page(),
      ),
      upstream.call({ operation: 'list_declines', subject: key }, client =>
        client.declines.listOf(endUserId, parameters).page(),
      ),
    ]),
  )
  return [
    ...responses.map(({ id, created_at, score, text }) => ({
      name: `response ${id}`,
      createdS: toS(created_at),
      response: { score, text: text ?? '' },
    })),
    ...declines.map(({ id, created_at }) => ({ name: `decline ${id}`, createdS: toS(created_at) })),
  ]
}

/**
 * Whether the record is what this event would make. Nobody gives two answers in one second; upstream may trim their text,
 * or cut their address.
 */
export function isRecordOf({ createdS, response }: AnswerRecord, { event, toleranceS }: AnswerTask): boolean {
  if (Math.abs(createdS - event.at) > toleranceS) return false
  if (event.type === 'decline') return response === undefined
  return response?.score === event.score && response.text.trim() === (event.text ?? '').trim()
}

/** When the last of each kind was made. @param fromS since when the records were read */
export function latestAnswers(records: readonly AnswerRecord[], fromS: number): KnownAnswers {
  const last = (isResponse: boolean) =>
    records
      .filter(({ response }) => (response !== undefined) === isResponse)
      .reduce((latest, { createdS }) => Math.max(latest, createdS), 0)
  return { fromS, responseS: last(true), declineS: last(false) }
}
