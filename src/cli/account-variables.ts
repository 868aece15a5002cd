import type { AccountCredentials, NewAccount } from '../api/index.js'
import type { Surroundings } from './command.js'

/** The variables that say what a new account is, and what they are for. */
export const accountVariables = {
  ZEROTEN_EMAIL: 'e-mail of the first account; the password grant logs in with it',
  ZEROTEN_PASSWORD: 'its password',
  ZEROTEN_CLIENT_ID: 'its client id; the proxy logs in with it',
  ZEROTEN_CLIENT_SECRET: 'its client secret. What is unset is generated and printed once',
}

const NAMES = {
  email: 'ZEROTEN_EMAIL',
  password: 'ZEROTEN_PASSWORD',
  clientId: 'ZEROTEN_CLIENT_ID',
  clientSecret: 'ZEROTEN_CLIENT_SECRET',
} as const satisfies Record<keyof NewAccount, keyof typeof accountVariables>

const FIELDS = Object.keys(NAMES) as (keyof typeof NAMES)[]

/** The account that the environment describes. A variable that is set to nothing counts as unset. */
export const accountOf = (env: Surroundings['env']): NewAccount =>
  Object.fromEntries(FIELDS.map(field => [field, env[NAMES[field]] || undefined]))

/** Prints what was generated, as lines that an environment file takes. It can't be told again. */
export function printAccount(account: AccountCredentials, { print }: Surroundings): void {
  if (account.generated.length === 0) return
  print(`account ${account.id} is new; what was generated for it is told only now:`)
  for (const field of FIELDS)
    if (account.generated.includes(field)) print(`${NAMES[field]}=${account[field]}`)
}
