import type { SurveyShowing } from '../../wire/delivery.js'
import type { SurveyMoment } from '../../wire/v1.js'
import type { Subject } from '../identity/identity.js'
import type { Task } from './task.js'

/**
 * What is known of a survey, under the names that later editions of the API have for it: one that knows of them keeps it with
 * the record, so that figures are filtered by it and impressions find their outcome; others ignore it.
 */
export const surveyParameters = (
  { level }: Subject,
  answer: Task['answer'],
  showing: SurveyShowing | undefined,
): SurveyMoment => ({
  ...showing,
  channel: 'web',
  level,
  ...(answer && { unique_link: answer.nonce }),
})
