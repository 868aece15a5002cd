import type { Api } from '../api/index.js'
import { accountOf, accountVariables, printAccount } from './account-variables.js'
import { type CommandContext, defineCommand } from './command.js'
import { databaseFlag } from './command-api.js'
import { parseCount } from './flag-values.js'
import { openApi } from './open-api.js'
import { UsageError } from './usage-error.js'

/** Opens a database that is there; a server on it goes on meanwhile. */
async function withApi(db: string, act: (api: Api) => Promise<void>): Promise<void> {
  const api = await openApi({ db, create: false, sendWebhooks: false })
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
  run: ({ db }, context) =>
    withApi(db, async ({ accounts }) => {
      const account = await accounts.add(accountOf(context.env))
      printAccount(account, context)
      context.print(`account ${account.id} added: ${account.email}, client id ${account.clientId}`)
    }),
})

export const accountList = defineCommand({
  name: 'zeroten api account list',
  summary: 'lists the accounts, oldest first: id, e-mail, client id, created',
  flags: databaseFlag,
  run: ({ db }, context) =>
    withApi(db, async ({ accounts }) => {
      for (const { id, email, clientId, createdAt } of await accounts.list())
        context.print([id, email, clientId, createdAt.toISOString()].join('\t'))
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
  async run({ id, db, 'end-former': endFormer, password }, context) {
    if (id === undefined) throw new UsageError('--id is missing')
    if (endFormer && password) throw new UsageError('--end-former and --password are two commands')
    await withApi(db, ({ accounts }) => {
      if (endFormer) return endFormerSecret(accounts, id, context)
      if (password) return rotatePassword(accounts, id, context)
      return rotateSecret(accounts, id, context)
    })
  },
})

type Accounts = Api['accounts']

async function rotateSecret(accounts: Accounts, id: number, { print }: CommandContext): Promise<void> {
  const { clientSecret, formerUntil } = await accounts.rotateSecret(id)
  print(`ZEROTEN_CLIENT_SECRET=${clientSecret}`)
  print(
    `the former secret is valid until ${formerUntil.toISOString()}, or until rotate --id ${id} --end-former`,
  )
  print(
    'set NEW,OLD as ZEROTEN_CLIENT_SECRET (or WOOTRIC_…) wherever zeroten proxy runs, and the new one elsewhere',
  )
  print(
    'a proxy without ZEROTEN_TICKET_SECRET seals tickets by this secret: let it keep the old one for 60 days',
  )
}

async function endFormerSecret(accounts: Accounts, id: number, { print }: CommandContext): Promise<void> {
  await accounts.endFormerSecret(id)
  print(`the former client secret of account ${id} and every token have ended`)
}

async function rotatePassword(accounts: Accounts, id: number, { env, print }: CommandContext): Promise<void> {
  const given = accountOf(env).password
  const { password } = await accounts.rotatePassword(id, given)
  if (given === undefined) print(`ZEROTEN_PASSWORD=${password}`)
  print(`account ${id} has a new password, and every token has ended; client id and secret are as before`)
}
