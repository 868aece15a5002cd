import { execFileSync } from 'node:child_process'
import { alignRows, describeFlags, parseFlags } from '../../src/cli/flags.js'
import { UsageError } from '../../src/cli/usage-error.js'
import { type Outcome, type SoakOptions, soak } from './soak.js'

const parseWithin = (least: number, most: number, isWhole: boolean) => (text: string) => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most) || (isWhole && !Number.isInteger(value)))
    throw new Error(`takes a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}`)
  return value
}

const flags = {
  minutes: { takes: 'M', parse: parseWithin(0.05, 50, false), initial: '1', help: 'how long each seed acts' },
  seed: { takes: 'N', parse: parseWithin(0, 1e9, true), initial: '1', help: 'the first seed' },
  seeds: {
    takes: 'N',
    parse: parseWithin(1, 1_000, true),
    initial: '1',
    help: 'how many, one after the other',
  },
  tabs: { takes: 'N', parse: parseWithin(1, 8, true), initial: '4', help: 'tabs of the one browser' },
  'no-idempotency': {
    help: 'an API that ignores keys, whatever the seed; else it is the odd seeds that have one',
  },
  idempotency: { help: 'an API that honours keys, whatever the seed' },
  log: { help: 'tell each act and fault on stderr as it happens' },
} as const

const help = `npm run soak -- [flags]

Plays visitors in tabs of one Chromium, on a site with real proxy and API processes, while everything around them fails, by
a seed. At its end all faults cease and the API must have each act once. The same seed plans the same acts and faults; how
many of them fit and how they meet is up to the machine. Exit 1: something was lost, doubled, wrong, or still waits.

${describeFlags(flags)}`

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none'

const verdictOf = ({ lost, doubled, wrong, left, complaints }: Outcome) =>
  `${lost} lost, ${doubled} doubled, ${wrong} wrong, ${left} left waiting, ${complaints.length} errors in pages`

const upstreamOf = ({ keys }: Pick<SoakOptions, 'keys'>) =>
  keys ? 'an API that honours keys' : 'an API that ignores keys'

const isClean = ({ problems, complaints }: Outcome) => problems.length + complaints.length === 0

function tell(options: SoakOptions, outcome: Outcome, isOneOfMany: boolean): string {
  const { browser, acts, records, faults, uncertain, resent, interrupted, drainedS, evicted } = outcome
  const details = [...outcome.problems, ...outcome.complaints].slice(0, 100).map(line => `  ${line}\n`)
  if (isOneOfMany) {
    const counts = `${total(acts)} acts (${uncertain} uncertain), ${total(records)} records, ${total(faults)} faults`
    return `seed ${options.seed}, with ${browser}, ${upstreamOf(options)}: ${counts}: ${verdictOf(outcome)}\n${details.join('')}`
  }
  const rows: [string, string][] = [
    [
      'seed',
      `${options.seed}: ${options.tabs} tabs, ${options.minutes} minutes, before ${upstreamOf(options)}`,
    ],
    ['acts', `${total(acts)}: ${list(acts)}`],
    ['', `${uncertain} of them uncertain: the page was gone before anybody knew that they were stored`],
    ['records', `${total(records)}: ${list(records)}`],
    ['faults', `${total(faults)}: ${list(faults)}`],
    [
      '',
      `${interrupted} steps ended early, ${resent} dead letters were sent again, ${evicted} page views at most were evicted at a time`,
    ],
    ['drained', `${drainedS.toFixed(1)} s after the last fault`],
    ['result', verdictOf(outcome)],
  ]
  return alignRows(rows) + details.join('')
}

/** The command. @returns its exit code */
export async function main(argv: string[]): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(help)
    return 0
  }
  let values: ReturnType<typeof parseFlags<typeof flags>>
  try {
    values = parseFlags(argv, flags)
    if (values.idempotency && values['no-idempotency'])
      throw new UsageError('--idempotency and --no-idempotency exclude each other')
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`soak: ${error.message}\n`)
    return 2
  }
  execFileSync(process.execPath, ['esbuild.config.mjs'])
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)))

  const { minutes, tabs, seeds } = values
  let failed = 0
  for (let seed = values.seed; seed < values.seed + seeds && !interruption.signal.aborted; seed++) {
    const keys = values.idempotency || (!values['no-idempotency'] && seed % 2 === 0)
    const log = values.log ? (line: string) => void process.stderr.write(`${line}\n`) : () => undefined
    const options = { seed, minutes, tabs, keys, log, signal: interruption.signal }
    const outcome = await soak(options).catch(error => {
      // The services hear the same signal, and are gone before we ask them.
      if (!interruption.signal.aborted)
        process.stderr.write(`seed ${seed} came to no end: ${error instanceof Error ? error.stack : error}\n`)
    })
    if (interruption.signal.aborted) break
    if (!outcome) {
      failed++
      continue
    }
    if (!isClean(outcome)) failed++
    process.stdout.write(tell(options, outcome, seeds > 1))
  }
  if (interruption.signal.aborted) {
    process.stderr.write(`soak: ${interruption.signal.reason.message}\n`)
    return 130
  }
  if (seeds > 1) process.stdout.write(`${seeds - failed} of ${seeds} seeds lost and doubled nothing\n`)
  return failed > 0 ? 1 : 0
}
