/**
 * `npm run bench:proxy`: page views of known visitors through our proxy, all of its checks on, beside proxies that check
 * nothing and pass on what comes: `@fastify/http-proxy`, and nginx where it is installed. One process each, interleaved
 * in one run; each request must have become one write upstream.
 */
import { fileURLToPath } from 'node:url'
import { startChild } from './child.mjs'
import { readCpuTimeUs } from './cpu-time.mjs'
import { measure, spread } from './load.mjs'
import { startNginx } from './nginx.mjs'
import { batch, HEADERS, makeVisitors } from './page-view-load.mjs'
import { writeTable } from './results.mjs'

// Short and many: what else the machine does changes by the second.
const ROUNDS = 31
const DURATION_MS = 500
const WARM_UP = 4
const CONNECTIONS = 32
const VISITORS = 200
const OURS = 'zeroten proxy'
const PEER = '@fastify/http-proxy'

const file = name => fileURLToPath(new URL(name, import.meta.url))
const upstream = await startChild(file('proxy-upstream.mjs'))
const running = [[OURS, await startChild(file('proxy-server.mjs'), [upstream.url])]]
running.push([PEER, await startChild(file('proxy-peer.mjs'), [upstream.url])])
const nginx = await startNginx(upstream.url)
if (nginx) running.push(['nginx, one worker', nginx])

const visitors = await makeVisitors(running[0][1].url, VISITORS)
const writesSoFar = async () => (await (await fetch(`${upstream.url}/writes`)).json()).writes

const results = Object.fromEntries(
  running.map(([name]) => [name, { perSecond: [], p50: [], p99: [], cpuUs: [] }]),
)
let turn = 0
const next = () => {
  const body = batch(visitors[turn++ % VISITORS])
  return { method: 'POST', path: '/zeroten/events', headers: HEADERS, body }
}
for (let round = -WARM_UP; round < ROUNDS; round++) {
  for (const [name, { url, pid }] of running) {
    const [before, sentBefore, cpuBefore] = [await writesSoFar(), turn, await readCpuTimeUs(pid)]
    const measured = await measure([url], { connections: CONNECTIONS, durationMs: DURATION_MS, next })
    const [written, sent] = [(await writesSoFar()) - before, turn - sentBefore]
    if (written !== sent) throw new Error(`${name}: ${sent} requests, ${written} writes upstream`)
    measured.cpuUs = ((await readCpuTimeUs(pid)) - cpuBefore) / sent
    // The first rounds are for what is compiled on the way.
    if (round >= 0) for (const [key, value] of Object.entries(measured)) results[name][key].push(value)
  }
}

const ratios = (name, key) => results[name][key].map((theirs, round) => results[OURS][key][round] / theirs)
const rows = running.map(([name]) => {
  const { perSecond, p50, p99, cpuUs } = results[name]
  const figures = [spread(perSecond), spread(p50, 1), spread(p99, 1), spread(cpuUs)]
  const compared =
    name === OURS
      ? [{ text: '' }, { text: '' }]
      : [spread(ratios(name, 'perSecond'), 2), spread(ratios(name, 'cpuUs'), 2)]
  return `| ${[name, ...[...figures, ...compared].map(({ text }) => text)].join(' | ')} |`
})
const table = [
  `Page views of ${VISITORS} known visitors, one a request, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${DURATION_MS / 1_000} s, interleaved; every`,
  'request became one write upstream. Ours checks origin, size, shape, ticket, identity and limits, and gives a verdict;',
  'the others check nothing. Median (least–most); the ratio is ours to theirs within a round.',
  '',
  '| | requests a second | p50, ms | p99, ms | CPU a request, µs | ours to it: requests | CPU |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n')
await writeTable('proxy.md', table)
for (const [, child] of running.toReversed()) await child.stop()
await upstream.stop()
