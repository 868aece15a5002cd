import { createReadStream, createWriteStream, type WriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { ImportSource } from '../api/import/import-formats.js'
import type { ImportResult } from '../api/import/import-responses.js'
import type { CsvFault } from '../api/import/read-csv.js'
import { ZerotenError } from '../http/zeroten-error.js'
import { drained } from '../runtime/node/drained.js'
import { type Command, defineCommand } from './command.js'
import { parseChoice, parseText, parseTimeZone } from './flag-values.js'
import { withRecords } from './open-records.js'
import { createProgress } from './progress.js'
import { recordsFlags } from './records-flags.js'
import { UsageError } from './usage-error.js'

/** `score=Rating`; the column may have an equals sign. */
function parseMapping(text: string): [string, string] {
  const [, target, column] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (target === undefined || column === undefined) throw new Error('takes TARGET=COLUMN')
  return [target.trim(), column.trim()]
}

const flags = {
  map: {
    takes: 'TARGET=COLUMN',
    parse: parseMapping,
    many: true,
    help: 'what a column is: score, created_at, email, text, id, external_id, language, channel, origin_url or properties.NAME; repeatable',
  },
  'dry-run': { help: 'read and check all of it, and write nothing' },
  rejects: { takes: 'FILE', parse: parseText, help: 'where rows go that can’t be taken [FILE.rejects.csv]' },
  'time-zone': {
    takes: 'ZONE',
    parse: parseTimeZone,
    initial: 'UTC',
    help: 'of times that don’t say theirs',
  },
  'date-order': {
    takes: 'ORDER',
    parse: parseChoice('mdy', 'dmy'),
    help: 'of dates like 03/04/2026: mdy or dmy',
  },
  ...recordsFlags,
} as const

const WORDS: Readonly<Record<ImportSource, string>> = {
  csv: 'responses from a CSV file',
  wootric: 'responses from Wootric’s CSV export',
  delighted: 'responses from Delighted’s CSV export',
}

/** `zeroten import SOURCE FILE` for every source. */
export const importCommands: Readonly<Record<string, Command>> = Object.fromEntries(
  Object.entries(WORDS).map(([source, words]) => [
    `import ${source}`,
    importCommand(source as ImportSource, words),
  ]),
)

function importCommand(source: ImportSource, words: string): Command {
  return defineCommand({
    name: `zeroten import ${source}`,
    argument: 'FILE',
    summary: `adds ${words}; run again, it adds nothing twice`,
    flags,
    async run({ map, rejects, ...values }, { print }, file) {
      if (file === undefined) throw new UsageError('FILE is missing')
      await requireFile(file)
      const rejected = createRejects(rejects ?? `${file}.rejects.csv`)
      const progress = createProgress('rows')
      try {
        const result = await withRecords(values, async ({ storage, accountId }) => {
          const { importResponses } = await import('../api/import/import-responses.js')
          return importResponses({
            storage,
            accountId,
            source,
            map,
            chunks: createReadStream(file),
            dryRun: values['dry-run'],
            timeZone: values['time-zone'],
            dateOrder: values['date-order'],
            nowMs: Date.now(),
            onReject: rejected.write,
            onProgress: rows => progress.show(rows),
          }).catch((cause: unknown) => {
            // What is wrong with the file is for who typed it; what is wrong with the database has a name of its own.
            if (cause instanceof Error && cause.constructor === Error)
              throw new UsageError(cause.message, { cause })
            throw cause
          })
        })
        progress.end()
        await rejected.end()
        for (const line of resultLines(result, values['dry-run'], rejected.path())) print(line)
      } finally {
        progress.end()
        await rejected.end()
      }
    },
  })
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(cause => {
    throw new UsageError(`the file '${file}' can't be read`, { cause })
  })
  if (!found.isFile()) throw new UsageError(`'${file}' is no file`)
}

/** The rows that were not taken, in a file that is made when there is the first. */
function createRejects(path: string) {
  let stream: WriteStream | undefined
  let failed: Error | undefined
  return {
    path: () => (stream ? path : undefined),
    async write(
      { line, reason }: CsvFault,
      fields: Readonly<Record<string, string>> | undefined,
    ): Promise<void> {
      const { stringify } = await import('csv-stringify/sync')
      if (!stream) {
        stream = createWriteStream(path, { mode: 0o600 })
        stream.on('error', error => {
          failed = error
        })
        stream.write(stringify([['line', 'reason', 'row']]))
      }
      if (failed) throw new ZerotenError('rejects_not_written', `${path} can't be written`, { cause: failed })
      const row = [line, reason, fields ? JSON.stringify(fields) : '']
      if (!stream.write(stringify([row], { escape_formulas: true }))) await drained(stream)
    },
    async end(): Promise<void> {
      if (stream && !stream.writableEnded) await new Promise(resolve => stream?.end(resolve))
    },
  }
}

function resultLines(
  { rows, added, repeated, rejected, columns }: ImportResult,
  dryRun: boolean,
  rejects: string | undefined,
): string[] {
  const said = (n: number) => n.toLocaleString('en')
  const found = Object.entries(columns?.targets ?? {}).map(([target, column]) => `${target} from '${column}'`)
  const properties = Object.keys(columns?.properties ?? {})
  return [
    ...(found.length > 0 ? [`columns: ${found.join(', ')}`] : []),
    ...(properties.length > 0 ? [`properties: ${properties.join(', ')}`] : []),
    dryRun
      ? `${said(rows)} rows: ${said(rows - rejected)} can be taken; nothing was written`
      : `${said(rows)} rows: ${said(added)} added, ${said(repeated)} were there already`,
    ...(rejected > 0 ? [`${said(rejected)} rejected, see ${rejects}`] : []),
  ]
}
