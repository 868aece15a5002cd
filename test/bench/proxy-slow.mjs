/**
 * `npm run bench:proxy:slow`: a thousand visitors whose page views upstream takes a second for, each with one request
 * on its way all the time; beside them others, for whom it is quick. Memory must stay what it is, and the others be served.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { startChild } from './child.mjs'
import { spread } from './load.mjs'
import { batch, HEADERS, makeVisitors } from './page-view-load.mjs'
import { writeTable } from './results.mjs'

const SLOW_VISITORS = 1_000
const SECONDS = 30
const REMEMBERED = 60_000
const OTHERS_A_SECOND = 50

const file = name => fileURLToPath(new URL(name, import.meta.url))
const upstream = await startChild(file('proxy-upstream.mjs'))
const proxy = await startChild(file('proxy-server.mjs'), [upstream.url])
const visitors = await makeVisitors(proxy.url, SLOW_VISITORS + 100)
const others = visitors.splice(SLOW_VISITORS)

const pool = new Pool(proxy.url, { connections: SLOW_VISITORS + 100, pipelining: 1 })
async function send(visitor, page) {
  const startedMs = performance.now()
  const body = batch(visitor, `https://shop.example/${page}`)
  const answer = await pool.request({ method: 'POST', path: '/zeroten/events', headers: HEADERS, body })
  const { results = {} } = await answer.body.json()
  return { ms: performance.now() - startedMs, isDone: Object.values(results)[0]?.status === 'done' }
}

/** Resident memory, megabytes. */
async function readRss() {
  const status = await readFile(`/proc/${proxy.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1_024
}

/** Page views of the others, evenly, for so long. */
async function serveOthers(seconds) {
  const sent = []
  for (let n = 0; n < seconds * OTHERS_A_SECOND; n++) {
    sent.push(send(others[n % others.length], 'plans'))
    await new Promise(resolve => setTimeout(resolve, 1_000 / OTHERS_A_SECOND))
  }
  const answers = await Promise.all(sent)
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b)
  const at = share => sorted[Math.floor(sorted.length * share)].toFixed(1)
  const done = answers.filter(({ isDone }) => isDone).length
  return { p50: at(0.5), p99: at(0.99), done: `${done} of ${answers.length}` }
}

// What the proxy remembers of events it holds for 50,000 of them: until then memory grows by design.
let remembered = 0
const remember = async () => {
  while (remembered++ < REMEMBERED) await send(others[remembered % others.length], 'plans')
}
await Promise.all(Array.from({ length: 32 }, remember))

const before = await serveOthers(10)
let isOver = false
let slowDone = 0
let slowKept = 0
const slow = visitors.map(async visitor => {
  while (!isOver) {
    const { isDone } = await send(visitor, 'slow')
    if (isDone) slowDone++
    else slowKept++
  }
})
const rss = []
const sampling = setInterval(async () => rss.push(await readRss()), 500)
const during = await serveOthers(SECONDS)
clearInterval(sampling)
isOver = true
await Promise.all(slow)

const quarter = Math.floor(rss.length / 4)
const quarters = [0, 1, 2, 3].map(n => spread(rss.slice(n * quarter, (n + 1) * quarter)).text)
await writeTable(
  'proxy-slow.md',
  [
    `${SLOW_VISITORS.toLocaleString('en')} visitors whose page views take upstream a second, each with one on its way all the time, for ${SECONDS} s: ${slowDone}`,
    `were written, ${slowKept} kept to be sent again. Beside them ${OTHERS_A_SECOND} page views a second of others. Before, ${REMEMBERED.toLocaleString('en')} events had come.`,
    '',
    '| the others | p50, ms | p99, ms | written |',
    '| --- | --- | --- | --- |',
    `| alone | ${before.p50} | ${before.p99} | ${before.done} |`,
    `| beside the slow | ${during.p50} | ${during.p99} | ${during.done} |`,
    '',
    '| resident memory of the proxy, MB, median (least–most) | 1st quarter | 2nd | 3rd | 4th |',
    '| --- | --- | --- | --- | --- |',
    `| beside the slow | ${quarters.join(' | ')} |`,
  ].join('\n'),
)
await pool.close()
await proxy.stop()
await upstream.stop()
