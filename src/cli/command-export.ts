import { createWriteStream } from 'node:fs'
import { Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ExportKind, ExportValue } from '../api/export/export-rows.js'
import { DAY_MS } from '../domain/retention.js'
import { readClientCredentials } from './client-credentials.js'
import { type Command, type CommandContext, defineCommand } from './command.js'
import { apiFlag, apiVariables } from './command-report.js'
import { parseChoice, parseText } from './flag-values.js'
import { withRecords } from './open-records.js'
import { createProgress, type Progress } from './progress.js'
import { recordsFlags } from './records-flags.js'
import { rangeFlags } from './report-range.js'
import { UsageError } from './usage-error.js'

const flags = {
  format: { takes: 'FORMAT', parse: parseChoice('csv', 'jsonl'), initial: 'csv', help: 'csv or jsonl' },
  output: { takes: 'FILE', parse: parseText, help: 'where to; standard output without it' },
  ...rangeFlags,
  ...apiFlag,
  ...recordsFlags,
} as const

const WORDS: Readonly<Record<ExportKind, string>> = {
  responses: 'responses, with what was known of their moment',
  declines: 'declines',
  impressions: 'impressions: that a survey was visible, and what came of it',
  'page-views': 'page views',
  'end-users': 'end users with their properties',
}

type Row = Record<string, ExportValue>

/** `zeroten export KIND` for every kind. */
export const exportCommands: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(WORDS).map(([kind, words]) => [`export ${kind}`, exportCommand(kind as ExportKind, words)]),
)

function exportCommand(kind: ExportKind, words: string): Command {
  return defineCommand({
    name: `zeroten export ${kind}`,
    summary: `writes ${words} as CSV or JSON lines`,
    flags,
    environment: apiVariables,
    async run(values, context) {
      const { since, until, format, output, api } = values
      const sinceMs = since === undefined ? undefined : Date.parse(since)
      const untilMs = until === undefined ? undefined : Date.parse(until) + DAY_MS
      const progress = createProgress(kind)
      try {
        if (api !== undefined) {
          const rows = rowsOfApi(kind, { url: api, sinceMs, untilMs }, context)
          return await write(rows, { format, output, progress, total: undefined })
        }
        await withRecords(values, async ({ storage, accountId }) => {
          const { countRows, exportRows } = await import('../api/export/export-rows.js')
          const options = { accountId, kind, sinceMs, untilMs }
          const total = await countRows(storage.scansFor(accountId), options)
          await write(exportRows(storage.scansFor(accountId), options), { format, output, progress, total })
        })
      } finally {
        progress.end()
      }
    },
  })
}

interface WriteOptions {
  format: 'csv' | 'jsonl'
  output: string | undefined
  progress: Progress
  total: number | undefined
}

async function write(
  rows: AsyncIterable<Row>,
  { format, output, progress, total }: WriteOptions,
): Promise<void> {
  async function* counted() {
    let done = 0
    for await (const row of rows) {
      progress.show(++done, total)
      yield row
    }
  }
  const target: Writable = output === undefined ? process.stdout : createWriteStream(output, { mode: 0o600 })
  try {
    await pipeline(Readable.from(counted()), await createEncoder(format), target, {
      // Standard output is not ours to end.
      end: output !== undefined,
    })
  } catch (error) {
    // Whoever reads has enough, as `head` has.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error
  }
}

async function createEncoder(format: 'csv' | 'jsonl') {
  if (format === 'jsonl')
    return new Transform({
      writableObjectMode: true,
      transform: (row: Row, _, done) => done(null, `${JSON.stringify(row)}\n`),
    })
  const { stringify } = await import('csv-stringify')
  return stringify({
    header: true,
    // A spreadsheet runs what begins like a formula.
    escape_formulas: true,
    cast: { boolean: value => String(value), object: value => JSON.stringify(value) },
  })
}

/** What a service of the v1 API has; one of another maker too. */
async function* rowsOfApi(
  kind: ExportKind,
  { url, sinceMs, untilMs }: { url: string; sinceMs: number | undefined; untilMs: number | undefined },
  context: CommandContext,
): AsyncGenerator<Row> {
  const { createClient } = await import('../client/index.js')
  const client = createClient({
    baseUrl: url,
    credentials: readClientCredentials(context),
  })
  const created = {
    ...(sinceMs !== undefined && { gte: sinceMs / 1_000 }),
    ...(untilMs !== undefined && { lt: untilMs / 1_000 }),
  }
  const parameters = {
    per_page: 50,
    sort_order: 'asc' as const,
    ...(Object.keys(created).length > 0 && { created }),
  }
  const lists = {
    responses: () => client.responses.list(parameters),
    declines: () => client.declines.list(parameters),
    'end-users': () => client.endUsers.list(parameters),
  }
  if (!(kind in lists)) throw new UsageError(`the API has no list of ${kind}: say --db`)
  for await (const record of lists[kind as keyof typeof lists]())
    yield Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        value instanceof Date ? value.toISOString() : (value as ExportValue),
      ]),
    )
}
