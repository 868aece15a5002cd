import { type Figures, figureRows } from '../wire/figure-rows.js'
import { clientVariables, readClientCredentials } from './client-credentials.js'
import { type CommandContext, defineCommand } from './command.js'
import { parseChoice, parseHttpUrl, parseText, parseTimeZone } from './flag-values.js'
import { withRecords } from './open-records.js'
import { recordsFlags } from './records-flags.js'
import { rangeFlags } from './report-range.js'
import { reportText } from './report-text.js'
import { UsageError } from './usage-error.js'
import { withoutUndefined } from './without-undefined.js'

/** An API instead of its database. */
export const apiFlag = {
  api: {
    takes: 'URL',
    parse: parseHttpUrl,
    help: 'ask this API, by the client id and secret of the environment, instead of a database',
  },
} as const

export const apiVariables = {
  ZEROTEN_DB: 'the database, unless --db says it',
  ...clientVariables,
}

const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const

const flags = {
  ...rangeFlags,
  by: {
    takes: 'NAME',
    parse: parseText,
    help: 'split by a property, or by level, form, language, device, text',
  },
  unit: { takes: 'UNIT', parse: parseChoice(...UNITS), help: `of the trend: ${UNITS.join(', ')}` },
  'time-zone': {
    takes: 'ZONE',
    parse: parseTimeZone,
    help: 'the zone of days; that of the account without it',
  },
  json: { help: 'print JSON' },
  csv: { help: 'print CSV' },
  ...apiFlag,
  ...recordsFlags,
} as const

export const report = defineCommand({
  name: 'zeroten report',
  summary: 'prints the score with its interval, its trend, and by segment; the last 90 days by default',
  flags,
  environment: apiVariables,
  async run(values, context) {
    if (values.json && values.csv) throw new UsageError('--json and --csv exclude each other')
    const figures = await findFigures(values, context)
    if (values.json) context.print(JSON.stringify(figures, null, 2))
    else if (values.csv) await printCsv(figures, context)
    else for (const line of reportText(figures)) context.print(line)
  },
})

async function printCsv(figures: Figures, { print }: CommandContext): Promise<void> {
  const { stringify } = await import('csv-stringify/sync')
  print(stringify(figureRows(figures), { escape_formulas: false }).trimEnd())
}

interface Values {
  since: string | undefined
  until: string | undefined
  by: string | undefined
  unit: (typeof UNITS)[number] | undefined
  'time-zone': string | undefined
  api: string | undefined
  db: string
  account: number | undefined
}

async function findFigures(values: Values, context: CommandContext): Promise<Figures> {
  const { since, until, by, unit } = values
  if (since !== undefined && until !== undefined && since > until)
    throw new UsageError('--since must not be after --until')
  const parameters = {
    date: withoutUndefined({ start: since, end: until }),
    ...withoutUndefined({ time_zone: values['time-zone'] }),
  }
  if (values.api !== undefined) {
    const { createClient } = await import('../client/index.js')
    const client = createClient({
      baseUrl: values.api,
      credentials: readClientCredentials(context),
    })
    return {
      report: await client.report.get(parameters),
      series: await client.report.series({ ...parameters, ...withoutUndefined({ unit }) }),
      segments: by === undefined ? undefined : await client.report.segments({ ...parameters, by }),
    }
  }
  return withRecords(values, async ({ storage, accountId }) => {
    const { findReport } = await import('../api/report/find-report.js')
    return findReport(storage, { accountId, nowMs: Date.now(), parameters, by, unit })
  })
}
