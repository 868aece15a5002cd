import { ApiError } from '../../client/index.js'
import type { DeclineEvent, ResponseEvent } from '../../wire/delivery.js'
import { createBoundedCache } from '../bounded-cache.js'
import type { EndUsers, KnownAnswers, KnownEndUser } from '../end-users/end-users.js'
import { type Subject, subjectKey } from '../identity/identity.js'
import type { Tickets } from '../identity/tickets.js'
import type { Metrics } from '../metrics.js'
import type { EarlierAttempts } from './earlier-attempts.js'
import { createMutex } from './mutex.js'
import { SHARE_PROPERTY } from './reserved-properties.js'
import { surveyParameters } from './survey-parameters.js'
import type { Task, Writer } from './task.js'
import { asRetryable, isTransientError, isUncertain, type Upstream } from './upstream.js'

type AnswerEvent = ResponseEvent | DeclineEvent
type AnswerTask = Task<AnswerEvent>

/** More than one person answers between two looks. */
const PER_PAGE = 50
const REMEMBERED = 50_000

/** What our own API says of a key that was sent with another request. */
const KEY_REUSED = 'idempotency_key_reused'

/** A response or decline as upstream has it. */
interface AnswerRecord {
  /** Unique among both. */
  name: string
  createdS: number
  /** Undefined: a decline. */
  response?: { score: number; text: string }
}

export interface AnswersOptions {
  upstream: Upstream
  endUsers: EndUsers
  attempts: EarlierAttempts
  tickets: Pick<Tickets, 'spend'>
  metrics: Metrics
}

export interface Answers {
  write: Writer<AnswerEvent>
  /** When somebody last answered, from upstream's records since `fromS`. */
  latest(subject: Subject, endUser: KnownEndUser, fromS: number): Promise<KnownAnswers>
}

/** Lists may show late what we have just written. */
const withWritten = (answers: KnownAnswers, written: KnownEndUser['written']): KnownAnswers => ({
  ...answers,
  responseS: Math.max(answers.responseS, written.responseS),
  declineS: Math.max(answers.declineS, written.declineS),
})

const toS = (date: Date): number => Math.floor(date.getTime() / 1_000)

/**
 * Whether the record is what this event would make. Nobody gives two answers in one second; upstream may trim their text,
 * or cut their address.
 */
function isSame({ createdS, response }: AnswerRecord, { event, toleranceS }: AnswerTask): boolean {
  if (Math.abs(createdS - event.at) > toleranceS) return false
  if (event.type === 'decline') return response === undefined
  return response?.score === event.score && response.text.trim() === (event.text ?? '').trim()
}

export function createAnswers({ upstream, endUsers, attempts, tickets, metrics }: AnswersOptions): Answers {
  /** Two answers of one visitor must not look, find nothing, and both write. */
  const mutex = createMutex()
  /** Which event used up a yes. */
  const used = createBoundedCache<string>(REMEMBERED)

  async function list(key: string, endUserId: number, fromS: number): Promise<AnswerRecord[]> {
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

  function create({ event, answer, subject, ipAddress, isSuspect, deadline }: AnswerTask, endUserId: number) {
    const about = { subject: subjectKey(subject), counts: !isSuspect }
    // The invitation's own key: so it makes one record, however many proxies are brought answers to it at once.
    const options = { idempotencyKey: answer?.nonce ?? event.id, beforeSend: deadline.check }
    const survey = surveyParameters(subject, answer, event.survey)
    if (event.type === 'decline')
      return upstream.call({ ...about, operation: 'create_decline' }, client =>
        client.declines.create(endUserId, { created_at: event.at, survey }, options),
      )
    const parameters = {
      score: event.score,
      origin_url: event.origin_url,
      created_at: event.at,
      survey,
      ...(event.text && { text: event.text }),
      ...(ipAddress !== undefined && { ip_address: ipAddress }),
    }
    return upstream.call({ ...about, operation: 'create_response' }, client =>
      client.responses.create(endUserId, parameters, options),
    )
  }

  /**
   * What upstream's 409 means: the key of this invitation was used. By this very event, sent with another address perhaps;
   * or by another answer; or by one that was deleted since.
   */
  async function resolveConflict(
    task: AnswerTask,
    endUser: KnownEndUser,
    error: ApiError,
  ): Promise<'already_answered' | undefined> {
    const found = await findRecord(task, endUser)
    if (found === 'mine') return undefined
    const isReused = error.apiErrors.some(({ status }) => status === KEY_REUSED)
    if (found === 'other' || isReused) return 'already_answered'
    throw error
  }

  async function post(task: AnswerTask, endUser: KnownEndUser): Promise<'already_answered' | undefined> {
    const { event, deadline } = task
    deadline.check()
    try {
      const record = await create(task, endUser.id)
      if (record) attempts.claim(`${event.type} ${record.id}`, event.id)
      return undefined
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return resolveConflict(task, endUser, error)
      if (isUncertain(error)) attempts.failed(event.id)
      throw error
    }
  }

  /** Whether upstream's records show that this invitation was answered: by this very event, or by another. */
  async function findRecord(task: AnswerTask, endUser: KnownEndUser): Promise<'mine' | 'other' | 'none'> {
    const { event, answer, subject } = task
    const sinceS = answer?.immediate ? Number.POSITIVE_INFINITY : (answer?.sinceS ?? 0)
    const records = await list(
      subjectKey(subject),
      endUser.id,
      Math.min(sinceS + 1, event.at - task.toleranceS),
    )
    const mine = records.find(record => isSame(record, task) && attempts.isFree(record.name, event.id))
    if (mine) {
      attempts.claim(mine.name, event.id)
      return 'mine'
    }
    return records.some(({ createdS }) => createdS > sinceS) ? 'other' : 'none'
  }

  async function findEarlier(task: AnswerTask, endUser: KnownEndUser): Promise<'mine' | 'other' | 'none'> {
    const { event, answer, deadline } = task
    const needsLookUp = event.tried === true && !upstream.honoursKey(event.at)
    if (answer?.immediate && !needsLookUp) return 'none'
    if (needsLookUp) await attempts.settled(event.id, deadline)
    return findRecord(task, endUser)
  }

  function remember({ event, answer, subject }: AnswerTask): void {
    if (answer) {
      used.set(answer.nonce, event.id)
      tickets.spend(subject)
    }
    const name = event.type === 'response' ? 'responseS' : 'declineS'
    endUsers.remember(subject, ({ written }) => ({
      written: { ...written, [name]: Math.max(written[name], event.at) },
    }))
  }

  /**
   * Upstream has the response; what it says of the visitor's permission decides nothing of it. A failure that may pass is
   * worth one more attempt.
   */
  async function writeShare({ event, subject }: AnswerTask): Promise<void> {
    if (event.type !== 'response' || event.share === undefined || subject.level === 'claimed') return
    try {
      await endUsers.setProperties(subject, { [SHARE_PROPERTY]: event.share })
    } catch (error) {
      if (isTransientError(error) && !event.tried) throw error
      metrics.count('zeroten_end_user_updates_refused_total')
    }
  }

  return {
    write: (task, endUser) =>
      mutex.run(subjectKey(task.subject), async () => {
        const { event, answer } = task
        if ((used.get(answer?.nonce ?? '') ?? event.id) !== event.id) return 'already_answered'
        const found = await findEarlier(task, endUser)
        if (found === 'other') return 'already_answered'
        if (found === 'none' && (await post(task, endUser))) return 'already_answered'
        remember(task)
        await writeShare(task)
        return undefined
      }),

    async latest(subject, endUser, fromS) {
      const { answers: known } = endUser
      if (known && known.fromS <= fromS) return withWritten(known, endUser.written)
      const key = subjectKey(subject)
      // Beside a write, we might read what was before it and remember that as what is.
      return mutex.run(key, async () => {
        const records = await list(key, endUser.id, fromS)
        const last = (isResponse: boolean) =>
          records
            .filter(({ response }) => (response !== undefined) === isResponse)
            .reduce((latest, { createdS }) => Math.max(latest, createdS), 0)
        const answers = { fromS, responseS: last(true), declineS: last(false) }
        let { written } = endUser
        endUsers.remember(subject, now => {
          written = now.written
          return { answers }
        })
        return withWritten(answers, written)
      })
    },
  }
}
