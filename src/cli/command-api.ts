import { accountOf, accountVariables, printAccount } from './account-variables.js'
import { defineCommand } from './command.js'
import { parseChoice, parseCount, parseText, parseTimeZone } from './flag-values.js'
import { createLogger } from './logger.js'
import { openApi } from './open-api.js'
import { serveOperations } from './serve-operations.js'
import { serveUntilSignal } from './serve-until-signal.js'
import { listeningFlags, operatingFlags } from './serving-flags.js'
import { withoutUndefined } from './without-undefined.js'

/** Which database; the same for every command that has one. */
export const databaseFlag = {
  db: {
    takes: 'DB',
    parse: parseText,
    initial: './zeroten.db',
    help: 'a SQLite file, made where it is missing, or postgres://…',
  },
} as const

const flags = {
  ...listeningFlags('4010'),
  ...databaseFlag,
  'time-format': {
    takes: 'FORMAT',
    parse: parseChoice('document', 'offset'),
    initial: 'document',
    help: 'datetimes as the API document prints them, or with an offset everywhere',
  },
  'time-zone': {
    takes: 'ZONE',
    parse: parseTimeZone,
    initial: 'UTC',
    help: 'the zone of printed datetimes; other than UTC only with --time-format offset before a proxy',
  },
  'rate-limit': {
    takes: 'N',
    parse: parseCount,
    help: 'requests a minute and account; no limit without it',
  },
  'no-idempotency': { help: 'ignore Idempotency-Key, as services do that never heard of it' },
  ...operatingFlags,
} as const

export const api = defineCommand({
  name: 'zeroten api',
  summary: 'serves the v1 API on SQLite or PostgreSQL',
  flags,
  environment: accountVariables,
  run: (values, surroundings) =>
    serveUntilSignal(async closing => {
      const { serveApi } = await import('../api/index.js')
      const api = await openApi({
        db: values.db,
        timeFormat: values['time-format'],
        timeZone: values['time-zone'],
        ...withoutUndefined({ rateLimit: values['rate-limit'] }),
        idempotency: !values['no-idempotency'],
        logger: createLogger(values['log-level']),
        account: accountOf(surroundings.env),
      })
      closing.add(() => api.close())
      if (api.firstAccount) printAccount(api.firstAccount, surroundings)
      const server = await serveApi(api, values)
      closing.add(() => server.close())
      await serveOperations(values, { metrics: () => api.metrics(), ready: () => api.ready() }, closing)
      return server.url
    }, surroundings),
})
