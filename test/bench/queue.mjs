/**
 * `npm run bench:queue`: what the queue costs a page, in Chromium, on the built widget, with a proxy and an API behind.
 * To enqueue a page view beside 1 and beside 1,000 waiting events, in turns; and to deliver 1,000 waiting events: in how
 * many requests, how long the main thread was busy at a time.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { importTypescript } from '../support/import-typescript.mjs'
import { spread } from './load.mjs'

const support = name => importTypescript(join(import.meta.dirname, '../support', name))
const { deploy } = await support('deployment.ts')
const { launchBrowser } = await support('launch-browser.ts')
const { IDENTITY_SECRET } = await support('start-proxy.ts')

const ENQUEUE_ROUNDS = 15
/** So many are enqueued one after the other, and then taken away again. */
const ENQUEUE_EVENTS = 50
const DELIVERY_ROUNDS = 5
/** The bounds of a device: 800 page views, 200 answers. */
const WAITING = 1_000
const ANSWERS = 200
/** Who share the device: what one visitor may send a minute is bounded by the proxy. */
const VISITORS = 4
const DELIVERY_MS = 60_000

const undo = []
const cleanUp = task => void undo.unshift(task)

const tokenOf = email =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(email)
    .setAudience('zeroten')
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(IDENTITY_SECRET))

/** Asks the proxy as a page does; its answer has the tickets that events carry. */
async function ask(site, identity) {
  const answer = await fetch(`${site.url}/zeroten/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ v: 1, id: randomUUID(), events: [], identity, ask: { survey_immediately: true } }),
  })
  if (!answer.ok) throw new Error(`the proxy answered ${answer.status}`)
  return answer.json()
}

/** Events as an earlier page left them: `[key, record]`, answers of several visitors and page views of the same. */
async function makeWaiting(site, count, answers) {
  const visitors = await Promise.all(
    Array.from({ length: VISITORS }, async () => ({
      anonymous_id: randomUUID(),
      token: await tokenOf(`${randomUUID()}@example.com`),
    })),
  )
  const tickets = []
  for (const visitor of visitors) tickets.push((await ask(site, visitor)).ticket)
  const nowMs = Date.now()
  const entries = []
  for (let n = 0; n < count; n++) {
    const isAnswer = n < answers
    const event = {
      v: 1,
      id: randomUUID(),
      at: Math.floor(nowMs / 1_000) - count + n,
      ...(isAnswer
        ? {
            type: 'response',
            score: n % 11,
            text: 'It does what it says.',
            origin_url: `${site.url}/`,
            ticket: (await ask(site, visitors[n % VISITORS])).verdict.ticket,
          }
        : { type: 'page_view', url: `${site.url}/waited/${n}`, ticket: tickets[n % VISITORS] }),
    }
    const bytes = JSON.stringify(event).length
    const key = [isAnswer ? 1 : 2, nowMs - 60_000 + n, 1_000 + n, event.id, bytes].join('|')
    entries.push([key, { event, who: '' }])
  }
  return entries
}

/** In the page: puts records into the widget's store, takes others away, and tells how many events wait then. */
const changeStore = ({ entries = [], keep }) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('zeroten:/zeroten')
    opening.onupgradeneeded = () => opening.result.createObjectStore('e')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction('e', 'readwrite')
      const store = transaction.objectStore('e')
      for (const [key, record] of entries) store.put(record, key)
      let waiting = 0
      const keys = store.getAllKeys()
      keys.onsuccess = () => {
        const events = keys.result.filter(key => /^[12]\|/.test(key))
        const unwanted = keep === undefined ? [] : events.slice(keep)
        for (const key of unwanted) store.delete(key)
        waiting = events.length - unwanted.length
      }
      transaction.oncomplete = () => {
        database.close()
        resolve(waiting)
      }
    }
  })

/** In the page: enqueues page views one after the other. @returns how long one takes until it is stored, milliseconds */
const enqueue = async ({ count, round }) => {
  const startMs = performance.now()
  for (let n = 0; n < count; n++) {
    await new Promise(resolve => {
      const stop = zeroten('on', 'queued', () => {
        stop()
        resolve()
      })
      zeroten('page', `/enqueued/${round}/${n}`)
    })
  }
  // The page's clock ticks in tenths of milliseconds: too coarse for one.
  return (performance.now() - startMs) / count
}

const newPage = async (browser, site) => {
  const context = await browser.newContext()
  const page = await context.newPage()
  // Of the site's origin, and without the widget.
  await page.goto(`${site.url}/zeroten/widget.js`)
  return page
}

/** A page that can deliver nothing, with so many events that wait. */
async function openLoaded(browser, deployment, count) {
  const site = await deployment.openSite(cleanUp)
  const page = await newPage(browser, site)
  const entries = await makeWaiting(site, count, Math.min(ANSWERS, count - 1))
  await page.evaluate(changeStore, { entries })
  site.fault = 'refuse'
  await page.goto(site.url)
  await page.evaluate(enqueue, { count: ENQUEUE_EVENTS, round: 'warm' })
  return { page, count }
}

async function benchEnqueue(browser, deployment) {
  const pages = [await openLoaded(browser, deployment, 1), await openLoaded(browser, deployment, WAITING)]
  const times = new Map(pages.map(({ count }) => [count, []]))
  for (let round = 0; round < ENQUEUE_ROUNDS; round++)
    for (const { page, count } of round % 2 ? pages.toReversed() : pages) {
      await page.bringToFront()
      const waiting = await page.evaluate(changeStore, { keep: count })
      if (waiting !== count) throw new Error(`${waiting} wait instead of ${count}`)
      times.get(count).push(await page.evaluate(enqueue, { count: ENQUEUE_EVENTS, round }))
    }
  for (const { page } of pages) await page.context().close()
  const [few, many] = [times.get(1), times.get(WAITING)]
  const ratios = many.map((time, round) => time / few[round])
  return [
    `${ENQUEUE_EVENTS} in each of ${ENQUEUE_ROUNDS} rounds, in turns; the ratio is that of a round.`,
    [
      '| a page view, from the call until it is stored | ms |',
      '| --- | --- |',
      `| beside 1 waiting event | ${spread(few, 2).text} |`,
      `| beside 1,000 | ${spread(many, 2).text} |`,
      `| ratio | ${spread(ratios, 2).text} |`,
    ].join('\n'),
  ].join('\n\n')
}

/** Tasks of the pages' main threads, milliseconds: as the clock saw them, and of it what they computed themselves. */
function tasksOf(trace) {
  const { traceEvents } = JSON.parse(trace)
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents.filter(
    ({ name, pid, tid }) => /(^|::)RunTask$/.test(name) && mains.has(`${pid} ${tid}`),
  )
  if (!tasks.length) throw new Error('the trace has no task')
  const most = values => values.reduce((a, b) => Math.max(a, b), 0) / 1_000
  return { wallMs: most(tasks.map(({ dur = 0 }) => dur)), cpuMs: most(tasks.map(({ tdur = 0 }) => tdur)) }
}

async function deliverOnce(browser, deployment) {
  const site = await deployment.openSite(cleanUp)
  const page = await newPage(browser, site)
  // The page's own view is the last of them.
  const entries = await makeWaiting(site, WAITING - 1, ANSWERS)
  await page.evaluate(changeStore, { entries })
  site.batches.length = 0
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  const startMs = performance.now()
  await page.goto(site.url)
  while ((await page.evaluate(changeStore, {})) > 0) {
    if (performance.now() - startMs > DELIVERY_MS)
      throw new Error('1,000 events were not delivered in a minute')
    await page.waitForTimeout(100)
  }
  const seconds = (performance.now() - startMs) / 1_000
  const tasks = tasksOf(String(await browser.stopTracing()))
  const { pageViews, responses } = await deployment.recordsOf(site)
  if (pageViews.length + responses.length !== WAITING)
    throw new Error(`${pageViews.length} page views and ${responses.length} responses have arrived`)
  await page.context().close()
  return { requests: site.batches.length, seconds, ...tasks }
}

async function benchDelivery(browser, deployment) {
  const rounds = []
  for (let round = 0; round < DELIVERY_ROUNDS; round++) rounds.push(await deliverOnce(browser, deployment))
  const row = (name, digits, of) => `| ${name} | ${spread(rounds.map(of), digits).text} |`
  return [
    `1,000 waiting events of ${VISITORS} visitors, 200 of them answers, found by a new page; ${DELIVERY_ROUNDS} rounds.`,
    [
      '| until all have arrived | |',
      '| --- | --- |',
      row('requests', 0, ({ requests }) => requests),
      row('seconds', 1, ({ seconds }) => seconds),
      row('longest task of the page, ms', 1, ({ wallMs }) => wallMs),
      row('most that a task computed, ms of CPU', 1, ({ cpuMs }) => cpuMs),
    ].join('\n'),
  ].join('\n\n')
}

try {
  const browser = await launchBrowser()
  cleanUp(() => browser.close())
  const deployment = await deploy(cleanUp, { flags: ['--allow-immediate'] })
  const text = [
    `Chromium ${browser.version()}, the site, the proxy and the API on ${cpus().length} cores; median (least–most).`,
    await benchEnqueue(browser, deployment),
    await benchDelivery(browser, deployment),
  ].join('\n\n')
  await mkdir(new URL('results/', import.meta.url), { recursive: true })
  await writeFile(new URL('results/queue.md', import.meta.url), `${text}\n`)
  process.stdout.write(`${text}\n`)
} finally {
  for (const task of undo) await task()
}
