import type { Api } from '../api/index.js'
import { accountOf, accountVariables, printAccount, weakSecrets } from './account-variables.js'
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
    variable: 'ZEROTEN_DB',
    help: 'a SQLite file, or postgres://…, which belongs in ZEROTEN_DB where it holds a password; zeroten api makes what is missing',
  },
} as const

const flags = {
  ...listeningFlags('4010'),
  ...databaseFlag,
  'read-db': {
    takes: 'DB',
    parse: parseText,
    variable: 'ZEROTEN_READ_DB',
    help: 'a replica of --db, postgres://…, for lists, reports and exports',
  },
  'read-lag': {
    takes: 'SECONDS',
    parse: parseCount,
    initial: '10',
    help: 'how far --read-db may be behind; beyond it --db is asked',
  },
  document: {
    takes: 'EDITION',
    parse: parseChoice('first', 'later'),
    initial: 'first',
    help: 'bodies as the API document of 2014 prints them, or with what later editions added',
  },
  'trust-proxy': {
    takes: 'CIDR',
    parse: parseText,
    many: true,
    help: 'a reverse proxy of yours, whose X-Forwarded-For counts; repeatable',
  },
  'allowed-host': {
    takes: 'NAME',
    parse: parseText,
    many: true,
    help: 'a name by which requests may come; on a loopback address only those of this machine may without it; repeatable',
  },
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
  'allow-private-webhooks': {
    help: 'let webhooks lead to private addresses: of this machine, of the network that it is in',
  },
  ...operatingFlags,
} as const

export const api = defineCommand({
  name: 'zeroten api',
  summary: 'serves the v1 API on SQLite or PostgreSQL',
  flags,
  environment: accountVariables,
  run: (values, context) =>
    serveUntilSignal(async closing => {
      const { serveApi } = await import('../api/index.js')
      const account = accountOf(context.env)
      const logger = createLogger(values['log-level'])
      const api = await openApi({
        db: values.db,
        document: values.document,
        trustProxy: values['trust-proxy'],
        timeFormat: values['time-format'],
        timeZone: values['time-zone'],
        ...withoutUndefined({ rateLimit: values['rate-limit'], readDb: values['read-db'] }),
        readLagSeconds: values['read-lag'],
        idempotency: !values['no-idempotency'],
        allowPrivateWebhooks: values['allow-private-webhooks'],
        logger,
        account,
      })
      closing.add(() => api.close())
      if (api.firstAccount) {
        printAccount(api.firstAccount, context)
        for (const line of weakSecrets(account)) logger.warn(line)
      }
      const server = await serveApi(api, { ...values, allowedHosts: values['allowed-host'] })
      closing.add(() => server.close())
      await serveOperations(values, { metrics: () => api.metrics(), ready: () => readinessOf(api) }, closing)
      return server.url
    }, context),
})

/** For `/ready` of a supervisor: with what is wrong, where something is. */
async function readinessOf(api: Api): Promise<{ ready: boolean; reason?: string }> {
  const reason = await api.readiness()
  return reason === undefined ? { ready: true } : { ready: false, reason }
}
