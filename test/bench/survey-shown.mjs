/**
 * `npm run bench:survey`: how long it takes from the trigger until the question is on the screen, on a processor that is
 * slowed down four times, with chunks that come at that moment. Beside it, in the same run and interleaved, eleven buttons
 * of bare Preact. `-- --beside FOLDER` adds another build's `dist/browser`.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { chromium } from 'playwright'
import { CHROMIUM_FLAGS } from '../support/chromium-flags.mjs'
import { findHeadlessShell } from '../support/find-chromium.mjs'
import { measureFiles } from '../support/sizes.mjs'
import { writeTable } from './results.mjs'

const ROUNDS = 15
const SLOWED = 4
const root = fileURLToPath(new URL('../../', import.meta.url))
const { values } = parseArgs({ options: { beside: { type: 'string' } } })

const bare = `
import { h, render } from 'preact'
export const show = () => {
  const host = document.createElement('bare-panel')
  const shadow = host.attachShadow({ mode: 'open' })
  document.documentElement.append(host)
  const scores = Array.from({ length: 11 }, (_, score) => h('button', null, score))
  render(h('div', { style: 'position:fixed;inset:auto 0 0;background:#fff' }, h('p', null, 'How likely?'), scores), shadow)
}`
const bareFile = (
  await build({
    stdin: { contents: bare, resolveDir: root },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  })
).outputFiles[0].text

const ours = folder => ({
  head: '<script defer src="/zeroten/widget.js" data-allow-bots data-time-delay="0" data-consent="pending"></script>',
  file: name => readFile(join(folder, name.replace('/zeroten/', ''))),
  trigger: "zeroten('preview', {})",
  host: 'zeroten-panel',
})
const subjects = {
  'this build': ours(join(root, 'dist/browser')),
  ...(values.beside && { 'the build beside it': ours(values.beside) }),
  'bare Preact, eleven buttons': {
    head: '',
    file: async () => bareFile,
    trigger: "import('/bare.js').then(({ show }) => show())",
    host: 'bare-panel',
  },
}

/** A page of a shop, of ordinary size. */
const page = head =>
  `<!doctype html><html lang="en"><title>Shop</title>${head}<h1>Shop</h1>${'<div><p>Some <b>text</b> of the shop.</p></div>'.repeat(500)}</html>`

async function serve({ head, file }) {
  const server = createServer(async ({ url }, response) => {
    if (!url.endsWith('.js') && !url.includes('.js?')) {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(page(head))
      return
    }
    response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store' })
    response.end(await file(url.split('?')[0]))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** Runs in the page. Resolves with the time until the frame after the one in which the host has a height. */
const untilShown = ([trigger, host]) =>
  new Promise(resolve => {
    const tasks = []
    new PerformanceObserver(list => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe(
      {
        type: 'longtask',
      },
    )
    const startMs = performance.now()
    const look = () => {
      const shadow = document.querySelector(host)?.shadowRoot
      if (!shadow?.querySelector('[value="10"],button:nth-of-type(11)')) return requestAnimationFrame(look)
      requestAnimationFrame(nowMs => resolve({ shownMs: nowMs - startMs, longestMs: Math.max(0, ...tasks) }))
    }
    // biome-ignore lint/security/noGlobalEval: the trigger is the own text of the benchmark.
    globalThis.eval(trigger)
    requestAnimationFrame(look)
  })

async function measure(browser, origin, { trigger, host }) {
  const context = await browser.newContext()
  const tab = await context.newPage()
  const devTools = await context.newCDPSession(tab)
  await devTools.send('Performance.enable')
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: SLOWED })
  await tab.goto(origin, { waitUntil: 'networkidle' })
  const scriptMs = async () => {
    const { metrics } = await devTools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ScriptDuration').value * 1_000
  }
  const before = await scriptMs()
  const { shownMs, longestMs } = await tab.evaluate(untilShown, [trigger, host])
  const spent = (await scriptMs()) - before
  await context.close()
  return { shownMs, scriptMs: spent, longestMs }
}

const browser = await chromium.launch({ executablePath: findHeadlessShell(), args: CHROMIUM_FLAGS })
const servers = new Map()
for (const [name, subject] of Object.entries(subjects)) servers.set(name, await serve(subject))
const runs = new Map(Object.keys(subjects).map(name => [name, []]))
// The first round only warms up.
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, subject] of Object.entries(subjects)) {
    const run = await measure(browser, `http://127.0.0.1:${servers.get(name).address().port}/`, subject)
    if (round >= 0) runs.get(name).push(run)
  }
}
await browser.close()
for (const server of servers.values()) {
  server.closeAllConnections()
  server.close()
}

const spread = (all, key) => {
  const sorted = all.map(run => run[key]).toSorted((a, b) => a - b)
  const at = share => Math.round(sorted[Math.floor((sorted.length - 1) * share)])
  return `${at(0.5)} (${at(0.25)}–${at(0.75)})`
}
const files = measureFiles()
const bytesOf = name => files.find(file => file.name === name)?.brotliBytes ?? 0
const shown = ['panel.js', 'scheduler.js', 'widget.js'].map(name => `${name} ${bytesOf(name)}`).join(', ')
await writeTable(
  'survey-shown.md',
  [
    `| ${ROUNDS} rounds, interleaved, processor slowed ${SLOWED}× | to be seen, ms | script, ms | longest task, ms |`,
    '| --- | --- | --- | --- |',
    ...[...runs].map(
      ([name, all]) =>
        `| ${name} | ${spread(all, 'shownMs')} | ${spread(all, 'scriptMs')} | ${spread(all, 'longestMs')} |`,
    ),
    '',
    `Median, and the middle half. Bytes in brotli before the question is there: ${shown}; then, while it is read: steps.js ${bytesOf('steps.js')}.`,
  ].join('\n'),
)
