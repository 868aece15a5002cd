import type { Api } from '../api/index.js'
import { accountOf, accountVariables, printAccount } from './account-variables.js'
import { defineCommand, type Surroundings } from './command.js'
import { databaseFlag } from './command-api.js'
import { parseCount } from './flag-values.js'
import { openApi } from './open-api.js'
import { UsageError } from './usage-error.js'

/** Opens a database that is there; a server on it goes on meanwhile. */
async function withApi(db: string, act: (api: Api) => Promise<void>): Promise<void> {
  const api = await openApi({ db, create: false })
  try {
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
    withApi(db, async ({ accounts }) => {
      const account = await accounts.add(accountOf(surroundings.env))
      printAccount(account, surroundings)
      surroundings.print(`account ${account.id} added: ${account.email}, client id ${account.clientId}`)
    }),
})

export const accountList = defineCommand({
  name: 'zeroten api account list',
  summary: 'lists the accounts, oldest first: id, e-mail, client id, created',
  flags: databaseFlag,
  run: ({ db }, surroundings) =>
    withApi(db, async ({ accounts }) => {
      for (const { id, email, clientId, createdAt } of await accounts.list())
        surroundings.print([id, email, clientId, createdAt.toISOString()].join('\t'))
    }),
})

export const accountRotate = defineCommand({
  name: 'zeroten api account rotate',
  summary:
    'gives an account a new client secret; the former one is valid for another day, and every token ends',
  flags: {
    id: { takes: 'ID', parse: parseCount, help: 'which account, see list (required)' },
    'end-former': { help: 'make no new secret, but end the one before the present one now' },
    password: { help: 'give a new password instead: that of ZEROTEN_PASSWORD, or a generated one' },
    ...databaseFlag,
  },
  environment: { ZEROTEN_PASSWORD: accountVariables.ZEROTEN_PASSWORD },
  async run({ id, db, 'end-former': endFormer, password }, surroundings) {
    if (id === undefined) throw new UsageError('--id is missing')
    if (endFormer && password) throw new UsageError('--end-former and --password are two commands')
    await withApi(db, ({ accounts }) => {
      if (endFormer) return endFormerSecret(accounts, id, surroundings)
      if (password) return rotatePassword(accounts, id, surroundings)
      return rotateSecret(accounts, id, surroundings)
    })
  },
})

type Accounts = Api['accounts']

async function rotateSecret(accounts: Accounts, id: number, { print }: Surroundings): Promise<void> {
  const { clientSecret, formerUntil } = await accounts.rotateSecret(id)
  print(`ZEROTEN_CLIENT_SECRET=${clientSecret}`)
  print(
    `the former secret is valid until ${formerUntil.toISOString()}, or until rotate --id ${id} --end-former`,
  )
  print('set the new one as WOOTRIC_CLIENT_SECRET wherever zeroten proxy runs, and at every other client')
  print(
    'a proxy without ZEROTEN_TICKET_SECRET seals tickets by this secret: keep the former there too, new,old',
  )
}

async function endFormerSecret(accounts: Accounts, id: number, { print }: Surroundings): Promise<void> {
  await accounts.endFormerSecret(id)
  print(`the former client secret of account ${id} and every token have ended`)
}

async function rotatePassword(accounts: Accounts, id: number, { env, print }: Surroundings): Promise<void> {
  const given = accountOf(env).password
  const { password } = await accounts.rotatePassword(id, given)
  if (given === undefined) print(`ZEROTEN_PASSWORD=${password}`)
  print(`account ${id} has a new password, and every token has ended; client id and secret are as before`)
}
