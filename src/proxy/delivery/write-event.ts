import type { DeliveryEvent } from '../../wire/delivery.js'
import type { Properties } from '../../wire/v1.js'
import type { EndUsers } from '../end-users/end-users.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import type { Answers } from './answers.js'
import type { ImpressionWriter } from './impressions.js'
import type { LookUp } from './page-view-records.js'
import type { PageViews } from './page-views.js'
import { IGNORED_PROPERTY, OPT_OUT_PROPERTY } from './reserved-properties.js'
import { RetryLaterError } from './retry-later-error.js'
import type { Task, Writer } from './task.js'
import { statusOf } from './upstream.js'

export interface WriteEventOptions {
  endUsers: EndUsers
  pageViews: PageViews
  answers: Answers
  writeImpression: ImpressionWriter
  allowUnverifiedUpdates: boolean
}

export const isTyped = <T extends DeliveryEvent['type']>(
  task: Task,
  ...types: T[]
): task is Task<Extract<DeliveryEvent, { type: T }>> => (types as string[]).includes(task.event.type)

async function setProperty(
  { endUsers, allowUnverifiedUpdates }: WriteEventOptions,
  { subject, event }: Task,
  property: Properties,
): Promise<undefined> {
  // Whose e-mail a stranger can type, a stranger could opt out; the device remembers it for itself.
  if (subject.level === 'claimed' && !allowUnverifiedUpdates) return
  await endUsers.setProperties(subject, property, event.at).catch((error: unknown) => {
    // Elsewhere that status says that the event is there already; here, that upstream has changed the end user meanwhile.
    throw statusOf(error) === 409 ? new RetryLaterError('upstream', 0, { cause: error }) : error
  })
}

/** Writes an event as its kind is written: a record of its own, or a property of its end user. */
export function writeEvent(
  options: WriteEventOptions,
  task: Task,
  endUser: KnownEndUser,
  lookUp: LookUp,
): ReturnType<Writer<DeliveryEvent>> {
  const { answers, pageViews, writeImpression } = options
  if (isTyped(task, 'response', 'decline')) return answers.write(task, endUser)
  if (isTyped(task, 'page_view')) return pageViews.write(task, endUser, lookUp)
  if (isTyped(task, 'impression') && !task.event.ignored) return writeImpression(task, endUser)
  const { type, at } = task.event
  const property = type === 'opt_out' ? { [OPT_OUT_PROPERTY]: true } : { [IGNORED_PROPERTY]: at }
  return setProperty(options, task, property)
}
