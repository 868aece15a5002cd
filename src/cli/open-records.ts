import { existsSync } from 'node:fs'
import type { Storage } from '../api/storage/storage.js'
import { ZerotenError } from '../http/zeroten-error.js'
import { UsageError } from './usage-error.js'

export interface OpenRecords {
  storage: Storage
  /** Whose records the command is about. */
  accountId: number
}

/**
 * Opens the database of an API, beside it where one is running, for one act on one account. Only `zeroten api` makes a
 * database.
 *
 * @throws UsageError where there is no such file, or it has to be said which account is meant; ZerotenError where it can't
 * be opened
 */
export async function withRecords<T>(
  { db, account }: { db: string; account: number | undefined },
  act: (records: OpenRecords) => Promise<T>,
): Promise<T> {
  const isServer = /^postgres(ql)?:\/\//.test(db)
  if (!isServer && !existsSync(db)) throw new UsageError(`there is no database '${db}'; zeroten api makes it`)
  const { openStorage } = await import('../api/storage/open-storage.js')
  const { storageFault } = await import('../api/index.js')
  const { selectAccounts } = await import('../api/storage/accounts.js')
  const storage = await openStorage({ db, now: Date.now }).catch(cause => {
    if (cause instanceof ZerotenError) throw cause
    // A driver's own words may hold the URL, with its password.
    const words = storageFault(cause) ?? 'the driver gives no reason that is known'
    throw new ZerotenError('database_not_opened', `the database can't be opened: ${words}`, { cause })
  })
  try {
    const ids = (await selectAccounts(storage.db)).map(({ id }) => id)
    return await act({ storage, accountId: chooseAccount(ids, account) })
  } finally {
    await storage.close()
  }
}

function chooseAccount(ids: readonly number[], account: number | undefined): number {
  const [first] = ids
  if (first === undefined) throw new UsageError('the database has no account; zeroten api makes the first')
  if (account === undefined) {
    if (ids.length > 1) throw new UsageError(`--account is missing: the database has ${ids.join(', ')}`)
    return first
  }
  if (!ids.includes(account)) throw new UsageError(`there is no account ${account}`)
  return account
}
