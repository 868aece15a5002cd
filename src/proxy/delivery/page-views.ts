import { createMutex } from '../../runtime/mutex.js'
import type { PageViewEvent } from '../../wire/delivery.js'
import type { EndUsers } from '../end-users/end-users.js'
import type { KnownEndUser } from '../end-users/known-end-user.js'
import { type Subject, subjectKey } from '../identity/identity.js'
import type { EarlierAttempts } from './earlier-attempts.js'
import { createLookUp, findPageView, type LookUp, type PageViewRecordsOptions } from './page-view-records.js'
import type { Task } from './task.js'
import { isUncertain, unlessMissing } from './upstream.js'

export interface PageViewsOptions extends PageViewRecordsOptions {
  endUsers: Pick<EndUsers, 'remember'>
  attempts: EarlierAttempts
}

export interface PageViews {
  /** @param sinceS the earliest `at` of the events that will ask */
  createLookUp(sinceS: number): LookUp
  write(task: Task<PageViewEvent>, endUser: KnownEndUser, lookUp: LookUp): Promise<undefined>
  /** Whether upstream keeps page views of an end user that it has: false where it answers 404. */
  areListed(subject: Subject, endUser: KnownEndUser): Promise<boolean>
}

async function post(
  { upstream, attempts, endUsers }: PageViewsOptions,
  { event, subject, isSuspect, deadline }: Task<PageViewEvent>,
  endUserId: number,
): Promise<undefined> {
  deadline.check()
  try {
    const record = await upstream.call(
      { operation: 'create_page_view', subject: subjectKey(subject), counts: !isSuspect },
      client =>
        client.pageViews.create(
          endUserId,
          { at: event.at, ...(event.url && { url: event.url }) },
          { idempotencyKey: event.id, beforeSend: deadline.check },
        ),
    )
    if (record) attempts.claim(`page_view ${record.id}`, event.id)
  } catch (error) {
    if (isUncertain(error)) attempts.failed(event.id)
    throw error
  }
  endUsers.remember(subject, ({ pageViews }) => ({
    pageViews: pageViews === null ? null : pageViews + 1,
  }))
}

/** Whether an earlier attempt has written the event. */
async function isThere(
  { attempts, endUsers }: PageViewsOptions,
  task: Task<PageViewEvent>,
  endUser: KnownEndUser,
  lookUp: LookUp,
): Promise<boolean> {
  const { event, deadline } = task
  if (!event.tried) return false
  const sinceMs = await attempts.settled(event.id, deadline)
  const records = await lookUp(task, endUser, sinceMs)
  const record = findPageView(records, task, ({ id }) => attempts.isFree(`page_view ${id}`, event.id))
  if (!record) return false
  attempts.claim(`page_view ${record.id}`, event.id)
  // The end user may have been read before it was written.
  endUsers.remember(task.subject, ({ pageViews }) => ({
    pageViews: pageViews === null ? null : Math.max(pageViews, records.length),
  }))
  return true
}

export function createPageViews(options: PageViewsOptions): PageViews {
  const { upstream } = options
  /** Without keys, a record that appears while another event looks must not be taken for that event's. */
  const mutex = createMutex()
  return {
    createLookUp: sinceS => createLookUp(options, sinceS),
    write(task, endUser, lookUp) {
      if (upstream.honoursKey(task.event.at)) return post(options, task, endUser.id)
      return mutex.run(subjectKey(task.subject), async () => {
        if (!(await isThere(options, task, endUser, lookUp))) await post(options, task, endUser.id)
        return undefined
      })
    },
    areListed: (subject, { id }) =>
      upstream
        .call({ operation: 'list_page_views', subject: subjectKey(subject) }, client =>
          client.pageViews.listOf(id, { per_page: 1 }).page(),
        )
        .then(() => true, unlessMissing),
  }
}
