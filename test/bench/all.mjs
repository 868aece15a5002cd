/**
 * `npm run bench [-- NAME …]`: runs the benchmarks one after the other and writes what they measured into one report,
 * `test/bench/results/all.md`. One that fails or takes too long is named there, and the others go on. What a benchmark compares with
 * another build or another product is left to its own command.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The quick ones first. All together may take twenty minutes. */
const BENCHMARKS = [
  { name: 'proxy', script: 'proxy.mjs', minutes: 3 },
  { name: 'proxy-slow', script: 'proxy-slow.mjs', minutes: 4 },
  { name: 'queue', script: 'queue.mjs', minutes: 3 },
  { name: 'api', script: 'api.mjs', minutes: 5 },
  { name: 'report', script: 'report.mjs', minutes: 5 },
]
const MINUTE_MS = 60_000

const file = name => new URL(name, import.meta.url)

/** @returns what became of it, in a few words, and how long it took */
async function run({ script, minutes }) {
  const startedMs = Date.now()
  const child = spawn(process.execPath, [fileURLToPath(file(script))], { stdio: 'inherit' })
  const timer = setTimeout(() => child.kill('SIGTERM'), minutes * MINUTE_MS)
  const [code, signal] = await once(child, 'exit')
  clearTimeout(timer)
  const outcome =
    code === 0 ? 'measured' : signal ? `given up after ${minutes} minutes` : `failed with ${code}`
  return { outcome, seconds: Math.round((Date.now() - startedMs) / 1_000) }
}

const wanted = process.argv.slice(2)
const chosen = BENCHMARKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const [load] = loadavg()
const parts = [
  `# Benchmarks\n\n${cpus().length} cores of ${cpus()[0]?.model.trim()}, Node ${process.version}, a load average of ${load.toFixed(1)} at the start.`,
]
for (const benchmark of chosen) {
  const { outcome, seconds } = await run(benchmark)
  const table = outcome === 'measured' ? await readFile(file(`results/${benchmark.name}.md`), 'utf8') : ''
  parts.push(`## ${benchmark.name}: ${outcome}, ${seconds} s\n\n${table}`.trimEnd())
}
await writeFile(file('results/all.md'), `${parts.join('\n\n')}\n`)
process.stdout.write('the report is in test/bench/results/all.md\n')
