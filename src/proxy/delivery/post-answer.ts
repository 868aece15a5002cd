import { ApiError } from '../../client/index.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import { subjectKey } from '../identity/identity.js'
import type { AnswerTask } from './answer-records.js'
import { type FindAnswerOptions, findAnswer } from './find-answer.js'
import { surveyParameters } from './survey-parameters.js'
import { isUncertain, type Upstream } from './upstream.js'

/** What our own API says of a key that was sent with another request. */
const KEY_REUSED = 'idempotency_key_reused'

function create(
  upstream: Upstream,
  { event, answer, subject, ipAddress, isSuspect, deadline }: AnswerTask,
  endUserId: number,
) {
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
  options: FindAnswerOptions,
  task: AnswerTask,
  endUser: KnownEndUser,
  error: ApiError,
): Promise<'already_answered' | undefined> {
  const found = await findAnswer(options, task, endUser)
  if (found === 'mine') return undefined
  const isReused = error.apiErrors.some(({ status }) => status === KEY_REUSED)
  if (found === 'other' || isReused) return 'already_answered'
  throw error
}

/** Writes a response or decline. Rejects with the client's errors. */
export async function postAnswer(
  options: FindAnswerOptions,
  task: AnswerTask,
  endUser: KnownEndUser,
): Promise<'already_answered' | undefined> {
  const { upstream, attempts } = options
  const { event, deadline } = task
  deadline.check()
  try {
    const record = await create(upstream, task, endUser.id)
    if (record) attempts.claim(`${event.type} ${record.id}`, event.id)
    return undefined
  } catch (error) {
    if (error instanceof ApiError && error.status === 409)
      return resolveConflict(options, task, endUser, error)
    if (isUncertain(error)) attempts.failed(event.id)
    throw error
  }
}
