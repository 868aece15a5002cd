import type { KnownEndUser } from '../end-users/known-end-user.js'
import { subjectKey } from '../identity/identity.js'
import { type AnswerTask, isRecordOf, listAnswers } from './answer-records.js'
import type { EarlierAttempts } from './earlier-attempts.js'
import type { Upstream } from './upstream.js'

export interface FindAnswerOptions {
  upstream: Upstream
  attempts: EarlierAttempts
}

/** Whether an invitation was answered: by this very event, or by another. */
export type FoundAnswer = 'mine' | 'other' | 'none'

/** What upstream's records show. */
export async function findAnswer(
  { upstream, attempts }: FindAnswerOptions,
  task: AnswerTask,
  endUser: KnownEndUser,
): Promise<FoundAnswer> {
  const { event, answer, subject } = task
  const sinceS = answer?.immediate ? Number.POSITIVE_INFINITY : (answer?.sinceS ?? 0)
  const fromS = Math.min(sinceS + 1, event.at - task.toleranceS)
  const records = await listAnswers(upstream, subjectKey(subject), endUser.id, fromS)
  const mine = records.find(record => isRecordOf(record, task) && attempts.isFree(record.name, event.id))
  if (mine) {
    attempts.claim(mine.name, event.id)
    return 'mine'
  }
  return records.some(({ createdS }) => createdS > sinceS) ? 'other' : 'none'
}

/** What upstream's records show before a POST; they are not read where nothing could be found. */
export async function findEarlierAnswer(
  options: FindAnswerOptions,
  task: AnswerTask,
  endUser: KnownEndUser,
): Promise<FoundAnswer> {
  const { event, answer, deadline } = task
  const needsLookUp = event.tried === true && !options.upstream.honoursKey(event.at)
  if (answer?.immediate && !needsLookUp) return 'none'
  if (needsLookUp) await options.attempts.settled(event.id, deadline)
  return findAnswer(options, task, endUser)
}
