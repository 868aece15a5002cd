import type { Api } from '../api/index.js'
import { accountOf, accountVariables, printAccount } from './account-variables.js'
import { defineCommand, type Surroundings } from './command.js'
import { databaseFlag } from './command-api.js'
import { parseCount } from './flag-values.js'
import { openApi } from './open-api.js'
import { UsageError } from './usage-error.js'

/**
 * Opens the database for one act; a server on the same database goes on meanwhile. A database without an account gets
 * its first one by being opened, so that is told whatever the act.
 */
async function withApi(
  db: string,
  surroundings: Surroundings,
  act: (api: Api) => Promise<void>,
): Promise<void> {
  const api = await openApi({ db, account: accountOf(surroundings.env) })
  try {
    if (api.firstAccount) printAccount(api.firstAccount, surroundings)
    await act(api)
  } finally {
    await api.close()
  }
}

export const accountAdd = defineCommand({
  name: 'zeroten api account add',
  summary: 'adds an account',
  flags: databaseFlag,
  environment: accountVariables,
  run: ({ db }, surroundings) =>
    withApi(db, surroundings, async ({ firstAccount, accounts }) => {
      const account = firstAccount ?? (await accounts.add(accountOf(surroundings.env)))
      if (!firstAccount) printAccount(account, surroundings)
      surroundings.print(`account ${account.id} added: ${account.email}, client id ${account.clientId}`)
    }),
})

export const accountList = defineCommand({
  name: 'zeroten api account list',
  summary: 'lists the accounts, oldest first: id, e-mail, client id, created',
  flags: databaseFlag,
  run: ({ db }, surroundings) =>
    withApi(db, surroundings, async ({ accounts }) => {
      for (const { id, email, clientId, createdAt } of await accounts.list())
        surroundings.print([id, email, clientId, createdAt.toISOString()].join('\t'))
    }),
})

export const accountRotate = defineCommand({
  name: 'zeroten api account rotate',
  summary: 'gives an account a new client secret; the old one and its tokens end',
  flags: {
    id: { takes: 'ID', parse: parseCount, help: 'which account, see list (required)' },
    ...databaseFlag,
  },
  async run({ id, db }, surroundings) {
    if (id === undefined) throw new UsageError('--id is missing')
    await withApi(db, surroundings, async ({ accounts }) => {
      const { clientSecret } = await accounts.rotateSecret(id)
      surroundings.print(`ZEROTEN_CLIENT_SECRET=${clientSecret}`)
    })
  },
})
