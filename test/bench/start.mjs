/**
 * `npm run bench:start`: how long the built `zeroten demo` takes from its start, with no data yet, to its first answer.
 * Beside it the same machine's `node` that does nothing, since most of a busy machine's time is that.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RUNS = 15
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

async function coldStart() {
  const folder = await mkdtemp(join(tmpdir(), 'zeroten-start-'))
  const startMs = performance.now()
  const demo = spawn(process.execPath, [cli, 'demo', '--port', '0'], { cwd: folder })
  const url = await new Promise(resolve => {
    demo.stdout.on('data', text => {
      const found = /listening on (\S+)/.exec(text)
      if (found) resolve(found[1])
    })
  })
  const printedMs = performance.now() - startMs
  await (await fetch(url)).text()
  const answeredMs = performance.now() - startMs
  demo.kill()
  await once(demo, 'exit')
  await rm(folder, { recursive: true })
  return { printedMs, answeredMs }
}

async function emptyStart() {
  const startMs = performance.now()
  await once(spawn(process.execPath, ['-e', '0']), 'exit')
  return performance.now() - startMs
}

const rows = { 'node -e 0': [], 'zeroten demo prints its URL': [], 'zeroten demo has answered': [] }
for (let run = 0; run < RUNS; run++) {
  rows['node -e 0'].push(await emptyStart())
  const { printedMs, answeredMs } = await coldStart()
  rows['zeroten demo prints its URL'].push(printedMs)
  rows['zeroten demo has answered'].push(answeredMs)
}

const table = [
  `| ${RUNS} cold starts, interleaved | median, ms | least | most |`,
  '| --- | --- | --- | --- |',
  ...Object.entries(rows).map(([name, times]) => {
    const sorted = times.toSorted((a, b) => a - b).map(Math.round)
    return `| ${name} | ${sorted[RUNS >> 1]} | ${sorted[0]} | ${sorted.at(-1)} |`
  }),
].join('\n')
await mkdir(new URL('results/', import.meta.url), { recursive: true })
await writeFile(new URL('results/start.md', import.meta.url), `${table}\n`)
process.stdout.write(`${table}\n`)
