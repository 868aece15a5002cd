import type { AccountCredentials, NewAccount } from '../api/index.js'
import { parseSecrets } from '../http/parse-secrets.js'
import type { CommandContext } from './command.js'
import { UsageError } from './usage-error.js'

/** The variables that say what a new account is, and what they are for. */
export const accountVariables = {
  ZEROTEN_EMAIL: 'e-mail of the first account; the password grant logs in with it',
  ZEROTEN_PASSWORD: 'its password',
  ZEROTEN_CLIENT_ID: 'its client id; the proxy logs in with it',
  ZEROTEN_CLIENT_SECRET:
    'its client secret; NEW,OLD while it is being changed. What is unset is generated and printed once',
}

const NAMES = {
  email: 'ZEROTEN_EMAIL',
  password: 'ZEROTEN_PASSWORD',
  clientId: 'ZEROTEN_CLIENT_ID',
  clientSecret: 'ZEROTEN_CLIENT_SECRET',
} as const satisfies Record<keyof NewAccount, keyof typeof accountVariables>

const FIELDS = Object.keys(NAMES) as (keyof typeof NAMES)[]

/** What can be guessed in no time. */
const LEAST = 8

/** What a generator gives; less is for people, and for tries. */
const STRONG: Partial<Record<keyof NewAccount, number>> = { password: 12, clientSecret: 32 }

/** A client secret may be `new,old`, as an environment has it that proxies read too; a password is one. */
function secretsOf(account: NewAccount, field: keyof NewAccount): readonly string[] {
  const value = account[field]
  if (value === undefined) return []
  return field === 'clientSecret' ? parseSecrets(value) : [value]
}

/**
 * The account that the environment describes. A variable that is set to nothing counts as unset.
 *
 * @throws UsageError where a secret is too short
 */
export function accountOf(env: CommandContext['env']): NewAccount {
  const account: NewAccount = Object.fromEntries(FIELDS.map(field => [field, env[NAMES[field]] || undefined]))
  for (const field of Object.keys(STRONG) as (keyof NewAccount)[])
    if (secretsOf(account, field).some(secret => secret.length < LEAST))
      throw new UsageError(`${NAMES[field]} has less than ${LEAST} characters, which can be guessed`)
  return account
}

/** One line for each secret that a guesser could come by, given time. */
export const weakSecrets = (account: NewAccount): string[] =>
  Object.entries(STRONG).flatMap(([name, least]) => {
    const field = name as keyof NewAccount
    return secretsOf(account, field).some(secret => secret.length < least)
      ? [`${NAMES[field]} has less than ${least} characters: let it be generated, by leaving it unset`]
      : []
  })

/** Prints what was generated, as lines that an environment file takes. It can't be told again. */
export function printAccount(account: AccountCredentials, { print }: CommandContext): void {
  if (account.generated.length === 0) return
  print(`account ${account.id} is new; what was generated for it is told only now:`)
  for (const field of FIELDS)
    if (account.generated.includes(field)) print(`${NAMES[field]}=${account[field]}`)
}
