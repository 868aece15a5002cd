import type { CommandContext } from './command.js'
import { UsageError } from './usage-error.js'

/** What the account's clients log in with, in every command that speaks to an API. */
export const clientVariables = {
  ZEROTEN_CLIENT_ID: 'client id of the account, or WOOTRIC_CLIENT_ID',
  ZEROTEN_CLIENT_SECRET: 'its client secret, or WOOTRIC_CLIENT_SECRET; NEW,OLD while it is being changed',
}

const PREFIXES = ['WOOTRIC', 'ZEROTEN'] as const

/**
 * What a Wootric customer has, and what `zeroten api` prints, are two names for one thing; the former goes first, since an
 * environment that both commands read holds the latter for the API.
 *
 * @throws UsageError where a variable is missing
 */
export function readClientCredentials({ env }: CommandContext): { clientId: string; clientSecret: string } {
  const prefix = PREFIXES.find(name => env[`${name}_CLIENT_ID`] && env[`${name}_CLIENT_SECRET`])
  if (prefix)
    return {
      clientId: env[`${prefix}_CLIENT_ID`] as string,
      clientSecret: env[`${prefix}_CLIENT_SECRET`] as string,
    }
  const begun = PREFIXES.find(name => env[`${name}_CLIENT_ID`] || env[`${name}_CLIENT_SECRET`])
  const missing = env[`${begun}_CLIENT_ID`] ? 'CLIENT_SECRET' : 'CLIENT_ID'
  throw new UsageError(
    begun
      ? `${begun}_${missing} is not set`
      : 'ZEROTEN_CLIENT_ID and ZEROTEN_CLIENT_SECRET (or WOOTRIC_…) are not set',
  )
}
