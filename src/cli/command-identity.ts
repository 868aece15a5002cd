import { defineCommand, requireVariable } from './command.js'
import { parseText } from './flag-values.js'
import { UsageError } from './usage-error.js'
import { withoutUndefined } from './without-undefined.js'

const MAX_LIFE_S = 3_600

function parseLife(text: string): number {
  const seconds = Number(text)
  if (!/^\d{1,4}$/.test(text) || seconds < 1 || seconds > MAX_LIFE_S)
    throw new Error('takes seconds, 1 to 3600')
  return seconds
}

function parseUnixSeconds(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new Error('takes seconds since 1970')
  return Number(text)
}

/** `plan=pro`; what reads as a number becomes one. */
function parseProperty(text: string): [string, string | number] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new Error('takes NAME=VALUE')
  return [name, /^-?\d{1,15}(\.\d{1,10})?$/.test(value) ? Number(value) : value]
}

export const identitySign = defineCommand({
  name: 'zeroten identity sign',
  summary: 'prints a token that proves to the proxy who a visitor is',
  flags: {
    email: { takes: 'EMAIL', parse: parseText, help: 'whose token it is (required)' },
    expires: {
      takes: 'SECONDS',
      parse: parseLife,
      initial: '600',
      help: 'how long it counts, at most 3600',
    },
    'created-at': {
      takes: 'SECONDS',
      parse: parseUnixSeconds,
      help: 'when they signed up, seconds since 1970',
    },
    property: {
      takes: 'NAME=VALUE',
      parse: parseProperty,
      many: true,
      help: 'kept with the end user; repeatable',
    },
  },
  environment: {
    ZEROTEN_IDENTITY_SECRET:
      'the secret that the proxy checks with; of NEW,OLD, the new one signs (required)',
  },
  async run(values, context) {
    const { email, expires, 'created-at': createdAt, property } = values
    if (email === undefined) throw new UsageError('--email is missing')
    const secret = requireVariable(context, 'ZEROTEN_IDENTITY_SECRET')
    // Here, since no other command should wait for it.
    const { signIdentity } = await import('../proxy/index.js')
    const { weaknessOf } = await import('../proxy/identity/secret-strength.js')
    const { parseSecrets } = await import('../http/parse-secrets.js')
    const weakness = parseSecrets(secret).map(weaknessOf).find(Boolean)
    if (weakness) throw new UsageError(`ZEROTEN_IDENTITY_SECRET ${weakness}`)
    const properties = property.length > 0 ? Object.fromEntries(property) : undefined
    const identity = { email, ...withoutUndefined({ createdAt, properties }) }
    context.print(await signIdentity(identity, secret, { expiresInS: expires }))
  },
})
