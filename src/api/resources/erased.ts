import { HttpError, notFound } from '../http-error.js'
import { selectEndUser } from '../storage/end-users.js'
import type { Owned } from '../storage/owned.js'
import type { Db } from '../storage/storage.js'

/** What somebody did before they were erased is refused for good: it may have waited on a device, or be on its way. */
const erased = (): HttpError => new HttpError(422, 'erased', 'The end user was erased after this was done')

/** @throws HttpError 422 where an act of then was before the erasure; the same second counts as before */
export function assertAfterErasure(erasedS: number | null | undefined, atS: number): void {
  if (typeof erasedS === 'number' && atS <= erasedS) throw erased()
}

/** Why nothing was written for an end user: because there is none, or because they were erased since. */
export async function missingOrErased(db: Db, { account_id, end_user_id }: Owned): Promise<HttpError> {
  return (await selectEndUser(db, account_id, end_user_id)) ? erased() : notFound()
}
