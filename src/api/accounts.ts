import { emailKey } from '../domain/email-key.js'
import { DAY_S } from '../domain/retention.js'
import { parseSecrets } from '../http/parse-secrets.js'
import { ZerotenError } from '../http/zeroten-error.js'
import type { AccountCredentials, Accounts, NewAccount } from './account.js'
import { hashPassword } from './oauth/passwords.js'
import { hashSecret, randomSecret } from './oauth/secrets.js'
import type { Tokens } from './oauth/tokens.js'
import { insertAccount, selectAccounts, updateAccount } from './storage/accounts.js'
import type { Db, Storage } from './storage/storage.js'
import type { AccountRow } from './storage/tables.js'
import { deleteAccountTokens } from './storage/tokens.js'

export interface AccountsOptions {
  storage: Storage
  tokens: Tokens
  now: () => number
}

/** Long enough to replace a secret wherever it is set, and to deliver what waits by the former one. */
const KEEP_FORMER_S = DAY_S

export function createAccounts({ storage, tokens, now }: AccountsOptions): Accounts {
  /** Alters an account and ends its tokens. */
  async function change(
    id: number,
    changes: (account: AccountRow) => Partial<AccountRow>,
  ): Promise<AccountRow> {
    const row = await storage.write(async db => {
      await deleteAccountTokens(db, id)
      return updateAccount(db, id, changes)
    })
    if (!row) throw new ZerotenError('account_not_found', `there is no account ${id}`)
    tokens.forget()
    return row
  }

  return {
    async add(account = {}) {
      const insert = await prepareAccount(account, now())
      try {
        return await storage.writeExclusively(insert)
      } catch (error) {
        if (!storage.isUniqueViolation(error)) throw error
        throw new ZerotenError('account_exists', 'an account with this e-mail or client id exists')
      }
    },

    async list() {
      const rows = await selectAccounts(storage.db)
      return rows.map(({ id, email, client_id, created_ms }) => ({
        id,
        email,
        clientId: client_id,
        createdAt: new Date(created_ms),
      }))
    },

    async rotateSecret(id, { keepFormerS = KEEP_FORMER_S } = {}) {
      const clientSecret = randomSecret()
      const formerUntilMs = now() + keepFormerS * 1_000
      const row = await change(id, account => ({
        client_secret_hash: hashSecret(clientSecret),
        former_secret_hash: account.client_secret_hash,
        former_until_ms: formerUntilMs,
      }))
      return { id, clientId: row.client_id, clientSecret, formerUntil: new Date(formerUntilMs) }
    },

    async endFormerSecret(id) {
      await change(id, () => ({ former_secret_hash: null, former_until_ms: null }))
    },

    async rotatePassword(id, password = randomSecret()) {
      const password_hash = await hashPassword(password)
      await change(id, () => ({ password_hash }))
      return { id, password }
    },
  }
}

/** Creates the first account of a database that has none. @returns undefined where it has */
export async function createFirstAccount(
  storage: Storage,
  account: NewAccount,
  nowMs: number,
): Promise<AccountCredentials | undefined> {
  if ((await selectAccounts(storage.db)).length > 0) return undefined
  const insert = await prepareAccount(account, nowMs)
  // Another process may have been first.
  return storage.writeExclusively(async db =>
    (await selectAccounts(db)).length > 0 ? undefined : insert(db),
  )
}

/** Hashing a password takes its time, and has to be done before the transaction. */
async function prepareAccount(
  { email, password, clientId, clientSecret }: NewAccount,
  nowMs: number,
): Promise<(db: Db) => Promise<AccountCredentials>> {
  const given: NewAccount = { email, password, clientId, clientSecret }
  const [present = '', former] = clientSecret === undefined ? [randomSecret()] : parseSecrets(clientSecret)
  const credentials = {
    email: email ?? `owner-${randomSecret().slice(0, 8)}@zeroten.invalid`,
    password: password ?? randomSecret(),
    clientId: clientId ?? randomSecret(),
    clientSecret: present,
  }
  const names = Object.keys(credentials) as (keyof typeof credentials)[]
  for (const name of names)
    if (credentials[name].trim() === '') throw new TypeError(`account: ${name} must not be empty`)
  const row = {
    email: credentials.email,
    email_key: emailKey(credentials.email),
    password_hash: await hashPassword(credentials.password),
    client_id: credentials.clientId,
    client_secret_hash: hashSecret(credentials.clientSecret),
    former_secret_hash: former === undefined ? null : hashSecret(former),
    former_until_ms: former === undefined ? null : nowMs + KEEP_FORMER_S * 1_000,
    created_ms: nowMs,
  }
  const generated = names.filter(name => given[name] === undefined)
  return async db => {
    const { id } = await insertAccount(db, row)
    return { id, ...credentials, generated }
  }
}
