import { type CsvError, parse } from 'csv-parse'
import { drained } from '../../runtime/node/drained.js'

/** A line of a file, by the names of its columns. */
export interface CsvRecord {
  /** Of the file, from 1; that of its first character where it has several. */
  line: number
  fields: Readonly<Record<string, string>>
}

/** A line that can't be read, and why. */
export interface CsvFault {
  line: number
  reason: string
}

const DELIMITERS = [',', ';', '\t', '|']

/** No record is longer: a quote that is never closed would have the rest of the file in memory. */
const MAX_RECORD = 1_048_576

/** What separates the columns: what the first line has most of, outside of quotes. */
function detectDelimiter(start: string): string {
  const [line = ''] = start
    .replace(/^\uFEFF/, '')
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n|\n|\r/, 1)
  const counted = DELIMITERS.map(delimiter => ({ delimiter, n: line.split(delimiter).length }))
  return counted.sort((a, b) => b.n - a.n)[0]?.delimiter ?? ','
}

/**
 * Reads CSV as spreadsheets write it: with or without a byte order mark, any line end, comma, semicolon, tab or bar, quotes
 * with delimiters, line ends and doubled quotes inside.
 *
 * @param chunks of the file, in UTF-8
 */
export async function* readCsv(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ record: CsvRecord } | { fault: CsvFault }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const start = await readStart(iterator)
  const faults: (CsvFault & { after: number })[] = []
  const parser = parse({
    bom: true,
    columns: header => uniqueNames(header as string[]),
    delimiter: detectDelimiter(new TextDecoder().decode(start)),
    info: true,
    max_record_size: MAX_RECORD,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    on_skip: error => void (error && faults.push({ ...faultOf(error), after: recordsBefore(error) })),
  })
  const feeding = feed(parser, start, iterator)
  feeding.catch(error => parser.destroy(error))
  const lines = createLineCounter()
  // The parser is ahead of who reads: a fault comes after as many records as stand before it.
  const faultsBefore = (records: number) => {
    const ripe = faults.filter(({ after }) => after <= records)
    faults.splice(0, ripe.length)
    return ripe.map(({ line, reason }) => ({ fault: lines.correct({ line, reason }) }))
  }
  let read = 0
  for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
    yield* faultsBefore(read++)
    yield { record: { line: lines.startOf(record, info.lines), fields: record } }
  }
  await feeding
  yield* faultsBefore(Number.POSITIVE_INFINITY)
}

/** The parser tells the line that a record ends on, and takes CR LF inside of quotes for two line ends. */
function createLineCounter() {
  let counted = 0
  return {
    startOf(record: Readonly<Record<string, string>>, endLine: number): number {
      const ends = Object.values(record).flatMap(value => value.match(/\r\n|\n|\r/g) ?? [])
      counted += ends.filter(end => end === '\r\n').length
      return endLine - counted - ends.length
    },
    correct: ({ line, reason }: CsvFault): CsvFault => ({ line: line - counted, reason }),
  }
}

/** So much of a file is looked at, at most, for the end of its first line. */
const MAX_START = 65_536

async function readStart(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  do {
    const next = await iterator.next()
    if (next.done) break
    chunks.push(next.value)
    bytes += next.value.length
  } while (bytes < MAX_START && !chunks.at(-1)?.some(byte => byte === 10 || byte === 13))
  return Buffer.concat(chunks)
}

interface ParsedRecord {
  record: Record<string, string>
  info: { lines: number }
}

async function feed(
  parser: ReturnType<typeof parse>,
  start: Uint8Array,
  iterator: AsyncIterator<Uint8Array>,
): Promise<void> {
  for (let chunk = start; ; ) {
    if (!parser.write(chunk) && !parser.destroyed) await drained(parser)
    const next = await iterator.next()
    if (next.done || parser.destroyed) break
    chunk = next.value
  }
  parser.end()
}

/** Columns of the same name get a number, so that none is lost. */
function uniqueNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return header.map((given, index) => {
    const name = given.trim() || `column ${index + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} ${times}`
  })
}

const recordsBefore = (error: CsvError): number => ('records' in error ? Number(error.records) : 0)

function faultOf(error: CsvError): CsvFault {
  const lines = 'lines' in error ? Number(error.lines) : 0
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return { line: lines, reason: 'has more or fewer columns than the first line' }
    case 'CSV_QUOTE_NOT_CLOSED':
      return { line: lines, reason: 'opens a quote that is never closed' }
    case 'CSV_MAX_RECORD_SIZE':
      return { line: lines, reason: `is longer than ${MAX_RECORD} bytes: is a quote not closed?` }
    default:
      return { line: lines, reason: `can't be read: ${error.code}` }
  }
}
