import type { ImpressionEvent } from '../../wire/delivery.js'
import type { EndUsers } from '../end-users/end-users.js'
import { subjectKey } from '../identity/identity.js'
import type { CollectionSupport } from './collection-support.js'
import { surveyParameters } from './survey-parameters.js'
import type { Writer } from './task.js'
import { statusOf, type Upstream } from './upstream.js'

/** Answers of an API that has no impressions, or none of this shape. */
const UNSUPPORTED = new Set([400, 404, 405, 413, 422])

export interface ImpressionsOptions {
  upstream: Upstream
  endUsers: Pick<EndUsers, 'exists'>
  support: CollectionSupport
}

export type ImpressionWriter = Writer<ImpressionEvent>

/**
 * Writes that a survey was in sight. Nothing hangs on it, so what upstream has no place for is passed over and counted,
 * instead of coming again or becoming a dead letter.
 */
export function createImpressionWriter(options: ImpressionsOptions): ImpressionWriter {
  const { upstream, endUsers, support } = options
  return async ({ event, answer, subject, isSuspect, deadline }, endUser) => {
    // Without an invitation, as where its ticket had to be replaced, it would find no outcome.
    if (!answer) {
      support.passOver()
      return undefined
    }
    const { nonce } = answer
    const survey = { ...surveyParameters(subject, answer, event.survey), unique_link: nonce }
    const about = {
      operation: 'create_impression',
      subject: subjectKey(subject),
      counts: !isSuspect,
    } as const
    try {
      await upstream.call(about, client =>
        client.impressions.create(
          endUser.id,
          { created_at: event.at, survey },
          { idempotencyKey: event.id, beforeSend: deadline.check },
        ),
      )
    } catch (error) {
      const status = statusOf(error)
      if (!UNSUPPORTED.has(status)) throw error
      if (status === 404) {
        // The end user may have been deleted meanwhile: then whoever calls finds, or makes, another one.
        if (!(await endUsers.exists(subject, endUser))) throw error
        support.noteMissing()
      }
      support.passOver()
    }
    return undefined
  }
}
