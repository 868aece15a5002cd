import { setTimeout as sleep } from 'node:timers/promises'
import { compare } from '../support/compare.js'
import { deploy } from '../support/deployment.js'
import { launchBrowser } from '../support/launch-browser.js'
import { type Scene, setScene } from '../support/scene.js'
import { type BrowserKind, drawBrowser, LACKS } from './browsers.js'
import { deleteDatabase } from './delete-database.js'
import { attributesOn, createDevice, type Device, PEOPLE, pathOf } from './device.js'
import { FAR, NEAR, troubleFar, troubleNear } from './faults.js'
import { historyOf, type Told } from './history.js'
import { createRandom, planTab, planTroubles, type Trouble } from './plan.js'
import { countStored, createVisitor, type Visitor } from './visitor.js'

/** So long the last of it may take to arrive: what the proxy bounds by the minute waits for the next one, twice. */
const DRAIN_MS = 300_000

/** Looks, a second apart: longer than the proxy lets anybody wait, beyond which nothing comes any more. */
const MOST_UNCHANGED = 120

/** Looks from one person to the next. */
const TURN = 30

/** So long what was begun may take to end. */
const FINISH_MS = 120_000

export interface SoakOptions {
  seed: number
  minutes: number
  tabs: number
  /** Whether the API honours idempotency keys. */
  keys: boolean
  /** Told of each act and fault. */
  log(line: string): void
  /** Ends it early. */
  signal: AbortSignal
}

export type Counts = Record<string, number>

export interface Outcome {
  /** What the browser had. */
  browser: BrowserKind
  /** By type. */
  acts: Counts
  /** Of the acts, how many nobody can promise. */
  uncertain: number
  records: Counts
  faults: Counts
  lost: number
  doubled: number
  wrong: number
  /** What had not left the browser at the end. */
  left: number
  /** All of these in words, with all that was seen of each. */
  problems: string[]
  /** Page views that the bounds of a device took, as the widget told the proxy. */
  evicted: number
  /** Errors that the host's pages saw. */
  complaints: readonly string[]
  /** Steps that the browser broke off. */
  interrupted: number
  /** Dead letters that were given another try. */
  resent: number
  /** From the last fault until everything had arrived, seconds. */
  drainedS: number
}

const add = (counts: Counts, name: string) => {
  counts[name] = (counts[name] ?? 0) + 1
}

const firstLine = (error: unknown) => String(error).split('\n')[0]

const countBy = <T>(items: readonly T[], nameOf: (item: T) => string): Counts => {
  const counts: Counts = {}
  for (const item of items) add(counts, nameOf(item))
  return counts
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(reject, ms, new Error('the browser hangs: acts and faults did not end'))
  })
  await Promise.race([work, tooLate]).finally(() => clearTimeout(timer))
}

const DEVICE = { 'log-in or log-out': 14, 'database deleted': 1 }

/** One seed: a browser, a site, a proxy and an API of its own, until everything has arrived or too long has passed. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const undo: (() => Promise<void>)[] = []
  try {
    return await play(options, task => void undo.unshift(task))
  } finally {
    for (const task of undo) await task()
  }
}

async function play(
  { seed, minutes, tabs, keys, log, signal }: SoakOptions,
  cleanUp: (undo: () => Promise<void>) => void,
): Promise<Outcome> {
  const deployment = await deploy(cleanUp, { keys, flags: ['--allow-immediate'] })
  // Signals end it by way of `signal`, so that everything is cleaned up.
  const browser = await launchBrowser({ handleSIGINT: false, handleSIGTERM: false })
  cleanUp(() => browser.close())
  const context = await browser.newContext()
  context.setDefaultTimeout(15_000)
  /** What pages said of their events, and what happened to the device's. */
  const told: Told[] = []
  const tell = (line: string) => told.push({ atMs: Date.now(), line })
  await context.exposeFunction('tell', tell)
  await context.addInitScript(countStored)
  const browserKind = drawBrowser(createRandom(seed, 'browser'))
  const lack = LACKS[browserKind]
  if (lack) await context.addInitScript(lack)
  const device = await createDevice()
  const scene = await setScene(cleanUp, deployment, context, {
    attributes: attributesOn(device),
    files: { '/empty.js': '' },
  })
  const visitors: Visitor[] = []
  for (let tab = 0; tab < tabs; tab++) visitors.push(await createVisitor(scene, device, `tab${tab}`))

  const faults: Counts = {}
  let interrupted = 0
  const startMs = Date.now()
  const endMs = startMs + minutes * 60_000
  const isOver = () => signal.aborted || Date.now() >= endMs
  const pause = (ms: number) =>
    sleep(Math.max(0, Math.min(ms, endMs - Date.now())), undefined, { signal }).catch(() => undefined)
  const say = (line: string) => log(`${((Date.now() - startMs) / 1_000).toFixed(3).padStart(8)} ${line}`)

  async function act(visitor: Visitor, index: number): Promise<void> {
    for (const step of planTab(createRandom(seed, `tab ${index}`))) {
      await pause(step.pauseMs)
      if (isOver()) return
      await device.lock.shared(async () => {
        say(`tab ${index}: ${step.kind}${step.kind === 'ask' ? `, ${step.answer}` : ''}`)
        try {
          await visitor.play(step)
        } catch (error) {
          // What a page that does not answer has done, nobody can say; what it has not, the end will tell.
          interrupted++
          say(`tab ${index}: broken off: ${firstLine(error)}`)
          await visitor.replace()
        }
      })
    }
  }

  async function trouble<K extends string>(
    name: string,
    weights: Readonly<Record<K, number>>,
    bounds: { gapMs: number; lastMs: number },
    make: (trouble: Trouble<K>) => Promise<unknown>,
  ): Promise<void> {
    for (const planned of planTroubles(createRandom(seed, name), weights, bounds)) {
      await pause(planned.gapMs)
      if (isOver()) return
      say(`${planned.kind}, ${planned.lastMs} ms`)
      add(faults, planned.kind)
      try {
        await make(planned)
        say(`${planned.kind} is over`)
      } catch (error) {
        interrupted++
        say(`${planned.kind} was broken off: ${firstLine(error)}`)
      }
    }
  }

  const report = (line: string) => {
    tell(line)
    say(line)
  }

  async function happenToDevice({ kind, number }: Trouble<keyof typeof DEVICE>): Promise<void> {
    if (kind === 'database deleted') return deleteDatabase(scene, device, visitors, report)
    const others = PEOPLE.filter(person => person !== device.person)
    const next = others[number % others.length] ?? 'nobody'
    say(`${next} is here`)
    return visitors[number % visitors.length]?.identify(next)
  }

  const playing = Promise.all([
    ...visitors.map(act),
    trouble('near', NEAR, { gapMs: 7_000, lastMs: 4_000 }, planned => troubleNear(scene, planned)),
    trouble('far', FAR, { gapMs: 9_000, lastMs: 2_500 }, planned => troubleFar(deployment, planned)),
    trouble('device', DEVICE, { gapMs: 15_000, lastMs: 1 }, planned =>
      device.lock.alone(() => happenToDevice(planned)),
    ),
  ])
  await within(minutes * 60_000 + FINISH_MS, playing)

  say('all faults cease')
  const calmMs = Date.now()
  const { problems, resent } = await drain(scene, device, visitors, { say, signal })
  const recorded = await deployment.recordsOf(scene.site)
  const { lost, doubled, wrong } = compare(scene.acts, recorded)
  const { waiting, dead } = await scene.stored()
  return {
    browser: browserKind,
    acts: countBy(scene.acts, ({ type }) => type),
    uncertain: scene.acts.filter(({ isUncertain }) => isUncertain).length,
    records: {
      page_view: recorded.pageViews.length,
      response: recorded.responses.length,
      decline: recorded.declines.length,
    },
    faults,
    lost: lost.length,
    doubled: doubled.length,
    wrong: wrong.length,
    left: waiting.length + dead.length,
    problems: [
      ...problems,
      // What was not looked at as long as something was lost.
      ...(lost.length
        ? [...waiting.map(key => `waits: ${key}`), ...dead.map(letter => `dead: ${letter}`)]
        : []),
    ].flatMap(problem => [problem, ...historyOf(problem, { scene, deployment, told, startMs })]),
    evicted: scene.site.batches.reduce((sum, { evicted }) => Math.max(sum, evicted?.page_view ?? 0), 0),
    complaints: scene.complaints,
    interrupted,
    resent,
    drainedS: (Date.now() - calmMs) / 1_000,
  }
}

/** Brings everyone back once more, so that what can only go with them goes; then waits until all is there. */
async function drain(
  scene: Scene,
  device: Device,
  visitors: readonly Visitor[],
  { say, signal }: { say(line: string): void; signal: AbortSignal },
): Promise<{ problems: string[]; resent: number }> {
  const deadlineMs = Date.now() + DRAIN_MS
  const [first] = visitors
  let resent = 0
  let problems: string[] = []
  const insist = async (work: () => Promise<void> | undefined) => {
    for (let tries = 3; tries--; )
      try {
        return await work()
      } catch (error) {
        if (!tries) throw error
        await first?.replace()
      }
  }
  for (const person of PEOPLE) {
    device.person = person
    await insist(() => first?.finishSurvey())
  }
  await insist(() => first?.finishAbandoned())
  let calm = 0
  let unchanged = 0
  // Quiet means that nothing was left to be sent; what came in meanwhile must not have doubled anything.
  for (
    let round = 0;
    calm < 3 && unchanged < MOST_UNCHANGED && Date.now() < deadlineMs && !signal.aborted;
    round++
  ) {
    const dead = await first?.resend()
    resent += dead ?? 0
    for (const visitor of visitors) await visitor.hearOnline()
    // In turns: what has no ticket yet goes with its own person only. Seldom: without Web Locks, a page that goes in
    // mid-flush leaves its lease to the others, 45 s long.
    if (calm === 0 && round % TURN === TURN - 1) {
      device.person = PEOPLE[Math.floor(round / TURN) % PEOPLE.length] ?? 'nobody'
      await first?.load(pathOf(device.person, `end-${round}`))
    }
    await new Promise(resolve => setTimeout(resolve, 1_000))
    const before = problems.join()
    problems = await scene.problems(0)
    unchanged = problems.length && problems.join() === before ? unchanged + 1 : 0
    calm = problems.length ? 0 : calm + 1
    if (problems.length) say(`${problems.length} to come: ${problems.slice(0, 3).join('; ')}`)
  }
  return { problems, resent }
}
