import { createBoundedCache } from '../../runtime/bounded-cache.js'
import { createMutex } from '../../runtime/mutex.js'
import type { DeclineEvent, ResponseEvent } from '../../wire/delivery.js'
import type { EndUsers } from '../end-users/end-users.js'
import type { KnownAnswers, KnownEndUser } from '../end-users/known-end-user.js'
import { type Subject, subjectKey } from '../identity/identity.js'
import type { Tickets } from '../identity/tickets.js'
import type { Metrics } from '../metrics.js'
import { type AnswerTask, latestAnswers, listAnswers } from './answer-records.js'
import { type FindAnswerOptions, findEarlierAnswer } from './find-answer.js'
import { postAnswer } from './post-answer.js'
import { SHARE_PROPERTY } from './reserved-properties.js'
import type { Writer } from './task.js'
import { isTransientError } from './upstream.js'

const REMEMBERED = 50_000

export interface AnswersOptions extends FindAnswerOptions {
  endUsers: EndUsers
  tickets: Pick<Tickets, 'spend'>
  metrics: Metrics
}

/** Responses and declines. */
export interface Answers {
  write: Writer<ResponseEvent | DeclineEvent>
  /** When somebody last answered, from upstream's records since `fromS`. */
  latest(subject: Subject, endUser: KnownEndUser, fromS: number): Promise<KnownAnswers>
}

/** Lists may show late what we have just written. */
const withWritten = (answers: KnownAnswers, written: KnownEndUser['written']): KnownAnswers => ({
  ...answers,
  responseS: Math.max(answers.responseS, written.responseS),
  declineS: Math.max(answers.declineS, written.declineS),
})

function rememberWritten(
  { endUsers, tickets }: AnswersOptions,
  { event, answer, subject }: AnswerTask,
): void {
  if (answer) tickets.spend(subject)
  const name = event.type === 'response' ? 'responseS' : 'declineS'
  endUsers.remember(subject, ({ written }) => ({
    written: { ...written, [name]: Math.max(written[name], event.at) },
  }))
}

/**
 * Upstream has the response; what it says of the visitor's permission decides nothing of it. A failure that may pass is
 * worth one more attempt.
 */
async function writeShare({ endUsers, metrics }: AnswersOptions, task: AnswerTask): Promise<void> {
  const { event, subject } = task
  if (event.type !== 'response' || event.share === undefined || subject.level === 'claimed') return
  try {
    await endUsers.setProperties(subject, { [SHARE_PROPERTY]: event.share }, event.at)
  } catch (error) {
    if (isTransientError(error) && !event.tried) throw error
    metrics.count('zeroten_end_user_updates_refused_total')
  }
}

async function readLatest(
  { upstream, endUsers }: AnswersOptions,
  subject: Subject,
  endUser: KnownEndUser,
  fromS: number,
): Promise<KnownAnswers> {
  const answers = latestAnswers(await listAnswers(upstream, subjectKey(subject), endUser.id, fromS), fromS)
  let { written } = endUser
  endUsers.remember(subject, now => {
    written = now.written
    return { answers }
  })
  return withWritten(answers, written)
}

export function createAnswers(options: AnswersOptions): Answers {
  /** Two answers of one visitor must not look, find nothing, and both write. */
  const mutex = createMutex()
  /** Which event used up a yes. */
  const used = createBoundedCache<string>(REMEMBERED)
  return {
    write: (task, endUser) =>
      mutex.run(subjectKey(task.subject), async () => {
        const { event, answer } = task
        if ((used.get(answer?.nonce ?? '') ?? event.id) !== event.id) return 'already_answered'
        const found = await findEarlierAnswer(options, task, endUser)
        if (found === 'other') return 'already_answered'
        if (found === 'none' && (await postAnswer(options, task, endUser))) return 'already_answered'
        if (answer) used.set(answer.nonce, event.id)
        rememberWritten(options, task)
        await writeShare(options, task)
        return undefined
      }),
    async latest(subject, endUser, fromS) {
      const { answers: known } = endUser
      if (known && known.fromS <= fromS) return withWritten(known, endUser.written)
      // Beside a write, we might read what was before it and remember that as what is.
      return mutex.run(subjectKey(subject), () => readLatest(options, subject, endUser, fromS))
    },
  }
}
