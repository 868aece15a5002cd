import { createIds } from '../storage/ids.js'
import { finishMany, prepareForMany } from '../storage/insert-many.js'
import { foldDeltas } from '../storage/report/hourly.js'
import type { Storage } from '../storage/storage.js'
import { type ColumnMap, type ImportSource, mapColumns } from './import-formats.js'
import { createRowParser, type ImportedResponse, type RowOptions } from './parse-row.js'
import { type CsvFault, readCsv } from './read-csv.js'
import { writeResponses } from './write-responses.js'

export interface ImportOptions extends Pick<RowOptions, 'timeZone' | 'dateOrder'> {
  storage: Storage
  accountId: number
  source: ImportSource
  /** Of the file, in UTF-8. */
  chunks: AsyncIterable<Uint8Array>
  /** Target → column, beside what is known of the source. */
  map: readonly (readonly [target: string, column: string])[]
  /** Reads and checks all of it, and writes nothing. */
  dryRun: boolean
  nowMs: number
  onReject(fault: CsvFault, fields: Readonly<Record<string, string>> | undefined): Promise<void>
  onProgress?: (rows: number) => void
}

export interface ImportResult {
  rows: number
  added: number
  /** There already, or twice in the file. */
  repeated: number
  rejected: number
  columns: ColumnMap | undefined
}

/** Rows of one transaction. */
const BATCH = 1_000

/**
 * Adds the responses of a file, in batches; memory stays the same however long it is. Each has a name made of the source and
 * its id, so that an import that was broken off is simply run again.
 *
 * @throws Error where the file has no column for the score or the time, or `map` names one that it does not have
 */
export async function importResponses(options: ImportOptions): Promise<ImportResult> {
  const { storage, accountId, dryRun, nowMs, onReject, onProgress } = options
  await prepareForMany(storage)
  const ids = createIds(storage)
  const result: ImportResult = { rows: 0, added: 0, repeated: 0, rejected: 0, columns: undefined }
  let parseRow: ReturnType<typeof createRowParser> | undefined
  let batch: ImportedResponse[] = []

  async function flush(): Promise<void> {
    const some = batch
    batch = []
    if (dryRun || some.length === 0) return
    const added = await writeResponses({ storage, ids, accountId, nowMs }, some)
    await foldDeltas(storage)
    result.added += added
    result.repeated += some.length - added
  }

  for await (const one of readCsv(options.chunks)) {
    result.rows++
    if ('fault' in one) {
      result.rejected++
      await onReject(one.fault, undefined)
      continue
    }
    const { record } = one
    if (!parseRow) {
      result.columns = columnsOf(options, Object.keys(record.fields))
      parseRow = createRowParser({ ...options, columns: result.columns })
    }
    try {
      batch.push(parseRow(record))
    } catch (error) {
      result.rejected++
      const reason = error instanceof Error ? error.message : String(error)
      await onReject({ line: record.line, reason }, record.fields)
    }
    if (batch.length >= BATCH) await flush()
    onProgress?.(result.rows)
  }
  await flush()
  await ids.release()
  await finishMany(storage)
  return result
}

function columnsOf({ source, map }: ImportOptions, names: readonly string[]): ColumnMap {
  const columns = mapColumns(source, names, map)
  for (const target of ['score', 'created_at'] as const)
    if (columns.targets[target] === undefined)
      throw new Error(
        `which column is the ${target}? Say --map ${target}=COLUMN; there is ${names.join(', ')}`,
      )
  return columns
}
