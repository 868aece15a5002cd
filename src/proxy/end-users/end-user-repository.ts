import { emailKey } from '../../domain/email-key.js'
import type { UnixSeconds } from '../../wire/v1.js'
import { type Upstream, unlessMissing } from '../delivery/upstream.js'
import { type Subject, subjectKey } from '../identity/identity.js'
import { type KnownEndUser, toKnownEndUser } from './known-end-user.js'
import type { EndUserChanges } from './update-policy.js'

/** What an end user should have, and when they did what it is for. */
interface Wanted {
  changes: EndUserChanges
  atS: UnixSeconds
}

/** End users upstream: each method is one call, remembers nothing, and rejects with the client's errors. */
export interface EndUserRepository {
  /** @returns undefined where upstream has none */
  find(subject: Subject): Promise<KnownEndUser | undefined>
  /** @returns undefined where upstream does not say what it has made */
  create(subject: Subject, wanted: Wanted): Promise<KnownEndUser | undefined>
  update(subject: Subject, id: number, wanted: Wanted): Promise<void>
  /** Whether upstream has this very one. */
  exists(subject: Subject, id: number): Promise<boolean>
}

export function createEndUserRepository(upstream: Upstream): EndUserRepository {
  const toParameters = ({ changes, atS }: Wanted) => ({
    ...(upstream.heedsErasures && { acted_at: atS }),
    ...changes,
  })
  return {
    async find(subject) {
      const { email } = subject
      const key = subjectKey(subject)
      const records = await upstream.call({ operation: 'find_end_user', subject: key }, client =>
        client.endUsers.list({ email }).page(),
      )
      // An upstream that does not know the filter answers with strangers.
      const record = records.find(({ email: found }) => emailKey(found ?? '') === key)
      return record && toKnownEndUser(record)
    },
    async create(subject, wanted) {
      const { email } = subject
      const record = await upstream.call(
        { operation: 'create_end_user', subject: subjectKey(subject) },
        client => client.endUsers.create({ email, ...toParameters(wanted) }),
      )
      return record && { ...toKnownEndUser(record), answers: { fromS: 0, responseS: 0, declineS: 0 } }
    },
    async update(subject, id, wanted) {
      await upstream.call({ operation: 'update_end_user', subject: subjectKey(subject) }, client =>
        client.endUsers.update(id, toParameters(wanted)),
      )
    },
    exists: (subject, id) =>
      upstream
        .call({ operation: 'get_end_user', subject: subjectKey(subject) }, client => client.endUsers.get(id))
        .then(() => true, unlessMissing),
  }
}
