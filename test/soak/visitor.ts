import type { Page } from 'playwright'
import { ABANDONED_MS } from '../../src/widget/survey-flow/draft.js'
import type { Act } from '../support/compare.js'
import { ageDrafts, readRecords } from '../support/in-page-database.js'
import type { Scene, Tab } from '../support/scene.js'
import { askingPathOf, type Device, draftKey, EMAILS, type Person, pathOf } from './device.js'
import type { Step } from './plan.js'

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

const SURVEY_MS = 4_000
const STORED_MS = 5_000

/** What the page has stored, counted by {@link countStored}. */
interface Counting {
  stored: { views: number; answers: number; ids: string[] }
  zeroten: { (...command: unknown[]): unknown; q?: unknown[] | null }
  /** Puts a line into the run's history. */
  tell(line: string): void
}

/** Before the tag: every event that the widget says it has stored, and whatever it says of events to `tell`. */
export const countStored = () => {
  const page = window as unknown as Counting
  page.stored = { views: 0, answers: 0, ids: [] }
  page.zeroten = (...command) => void page.zeroten.q?.push(command)
  page.zeroten.q = []
  page.zeroten('on', 'queued', ({ id, type }: { id: string; type: string }) => {
    page.stored.ids.push(id)
    page.stored[type === 'page_view' ? 'views' : 'answers']++
  })
  for (const name of ['queued', 'delivered', 'rejected', 'evicted'])
    page.zeroten('on', name, (detail: object) => page.tell(`${name} ${JSON.stringify(detail)}`))
}

const readStored = () => (window as unknown as Counting).stored

/** The scores of all drafts. */
const draftScoresIn = async (page: Page) =>
  (await page.evaluate(readRecords, 's|draft|')).map(draft => (draft as { score?: number }).score)

/** One tab and whoever sits before it. */
export interface Visitor {
  play(step: Step): Promise<void>
  /** Logs somebody in, or out, in this page. */
  identify(person: Person): Promise<void>
  /** Loads a page of whoever is logged in. @returns whether the widget was there */
  load(path: string): Promise<boolean>
  /** Loads a page where the question may come, and closes it. */
  finishSurvey(): Promise<void>
  /** Half an hour passes for the scores that nobody came back to, and then somebody loads a page. */
  finishAbandoned(): Promise<void>
  hearOnline(): Promise<void>
  /** Ids of the events that this page has stored; none where there is no page. */
  ownIds(): Promise<string[]>
  /** Gives what lies among the dead letters another try. @returns how many */
  resend(): Promise<number>
  /** Whatever went wrong with the page: another one takes its place. */
  replace(): Promise<void>
}

export async function createVisitor(scene: Scene, device: Device, name: string): Promise<Visitor> {
  let tab: Tab = await scene.newTab()
  /** Whom the page in the tab takes for present; undefined: no page of the site is in it. */
  let person: Person | undefined
  let places = 0
  /** Page views of the page in the tab. */
  let views = 0
  /** Acts of which this page has not yet said that they are stored. */
  const unconfirmed = new Set<Act>()

  const place = () => `${name}-${++places}`
  const note = <T extends Act>(act: T): T => {
    scene.acts.push(act)
    unconfirmed.add(act)
    return act
  }
  const noteView = (path: string, fromMs: number, who: Person, isUncertain = false) =>
    note({ type: 'page_view', path, fromMs, toMs: Date.now(), email: EMAILS[who], isUncertain })

  /** Waits until the widget has stored so many; where it never does, the end will tell. */
  async function stored(what: 'views' | 'answers', count: number): Promise<void> {
    const deadlineMs = Date.now() + STORED_MS
    while (Date.now() < deadlineMs && (await tab.page.evaluate(readStored))[what] < count) await sleep(50)
    unconfirmed.clear()
  }

  async function load(path: string): Promise<boolean> {
    const fromMs = Date.now()
    const who = device.person
    person = undefined
    let isThere: boolean
    try {
      await tab.page.goto(scene.site.url + path)
      isThere = await tab.page.evaluate(() => (window as unknown as Counting).zeroten.q === null)
    } catch (error) {
      noteView(path, fromMs, who, true)
      throw error
    }
    person = who
    views = 0
    // The script could not be fetched: nobody has counted this view.
    if (!isThere) return false
    noteView(path, fromMs, who)
    views = 1
    await stored('views', views)
    return true
  }

  const open = (isExpired = false) => load(pathOf(device.person, place(), isExpired))

  const isPathOf = (who: Person) => new URL(tab.page.url()).pathname.startsWith(`/${who}/`)

  async function view(count: number, isRash = false): Promise<void> {
    if (!person) return void (await open())
    const who = person
    const paths = Array.from({ length: count }, () => pathOf(who, place()))
    const fromMs = Date.now()
    const isThere = await tab.page.evaluate(async urls => {
      for (const url of urls) {
        history.pushState({}, '', url)
        await new Promise(resolve => setTimeout(resolve))
      }
      return (window as unknown as Counting).zeroten.q === null
    }, paths)
    if (!isThere) return
    for (const path of paths) noteView(path, fromMs, who, isRash)
    views += count
    if (!isRash) await stored('views', views)
  }

  async function renew(): Promise<void> {
    for (const act of unconfirmed) act.isUncertain = true
    unconfirmed.clear()
    person = undefined
    tab = await scene.newTab()
  }

  async function crash(): Promise<void> {
    const { page } = tab
    await tab.crash()
    await renew()
    await page.close()
  }

  async function close(): Promise<void> {
    const { page } = tab
    await page.close()
    await renew()
  }

  async function survey(): Promise<'question' | 'follow-up' | undefined> {
    const text = tab.page.getByRole('textbox')
    try {
      await tab.page.getByRole('radio').first().or(text).first().waitFor({ timeout: SURVEY_MS })
    } catch {
      // No verdict, or no: nobody is asked now.
      return undefined
    }
    return (await text.isVisible()) ? 'follow-up' : 'question'
  }

  const closeSurvey = () => tab.page.getByRole('button', { name: 'Close' }).click()

  async function decline(): Promise<void> {
    const { answers } = await tab.page.evaluate(readStored)
    const fromMs = Date.now()
    await closeSurvey()
    note({ type: 'decline', fromMs, toMs: Date.now(), email: EMAILS[device.person] })
    await stored('answers', answers + 1)
  }

  async function choose(score: number, isRash: boolean): Promise<void> {
    const fromMs = Date.now()
    await tab.page.getByRole('radio', { name: new RegExp(`^${score}\\b`) }).check()
    const times = { fromMs, toMs: Date.now(), email: EMAILS[device.person] }
    const act = note({ type: 'response', score, text: '', isUncertain: isRash, ...times } as const)
    device.drafts.set(draftKey(device), act)
    const deadlineMs = Date.now() + STORED_MS
    while (!isRash && Date.now() < deadlineMs && !(await draftScoresIn(tab.page)).includes(score))
      await sleep(50)
    unconfirmed.clear()
  }

  async function send(isTwice: boolean): Promise<void> {
    const text = `said in ${place()}`
    await tab.page.getByRole('textbox').fill(text)
    const draft = device.drafts.get(draftKey(device))
    const button = tab.page.getByRole('button', { name: 'Send' })
    await (isTwice ? button.dblclick() : button.click())
    device.drafts.delete(draftKey(device))
    if (!draft) return
    // From the click on it is in the journal.
    Object.assign(draft, { text, isUncertain: false })
    unconfirmed.delete(draft)
  }

  async function answer({ answer, score }: Step): Promise<void> {
    const found = await survey()
    if (!found) return
    if (found === 'question') {
      // Whatever they left is finished: by a log-in.
      device.drafts.delete(draftKey(device))
      if (answer === 'decline') return decline()
      await choose(score, answer === 'score and crash')
    } else {
      const draft = device.drafts.get(draftKey(device))
      if (draft) draft.isUncertain = false
    }

    if (answer === 'score and crash') return crash()
    if (answer === 'score and leave') return undefined
    if (answer === 'score and close' || answer === 'decline') {
      const { answers } = await tab.page.evaluate(readStored)
      await closeSurvey()
      device.drafts.delete(draftKey(device))
      return stored('answers', answers + 1)
    }
    await send(answer === 'send twice')
    if (answer === 'send and crash') return crash()
    if (answer === 'send and close the tab') return close()
    await tab.page.getByText('Thank you').first().waitFor()
    return undefined
  }

  async function ask(step: Step): Promise<void> {
    if (device.isAsking) return view(1)
    device.isAsking = true
    try {
      if (await load(askingPathOf(device.person, place()))) await answer(step)
      if (person) await view(1)
    } finally {
      device.isAsking = false
    }
  }

  const visitor: Visitor = {
    load,
    async play(step) {
      const { kind, isRash } = step
      if (kind === 'view') return view(1)
      if (kind === 'views') return view(step.views)
      if (kind === 'ask') return ask(step)
      if (kind === 'crash' || kind === 'close') {
        if (isRash) await view(1, true)
        return kind === 'crash' ? crash() : close()
      }
      if (kind === 'reload' && person === device.person && isPathOf(person)) {
        await load(new URL(tab.page.url()).pathname)
      } else if (kind === 'freeze' && person) {
        await tab.freeze()
        await sleep(step.frozenMs)
        await tab.thaw()
      } else if (kind === 'hear that it is online') await visitor.hearOnline()
      else await open(kind === 'open with an expired token')
      return undefined
    },
    async identify(next) {
      device.person = next
      if (!person) return
      const isThere = await tab.page.evaluate(
        token => {
          const { zeroten } = window as unknown as Counting
          if (token) zeroten('identify', { identityToken: token })
          else zeroten('reset')
          return zeroten.q === null
        },
        next === 'nobody' ? undefined : device.tokens.valid[next],
      )
      // Where the script could not be fetched, nobody has heard of a log-out.
      if (next === 'nobody' && isThere) device.logOuts++
      person = next
      await view(1)
    },
    async finishSurvey() {
      if (!(await load(askingPathOf(device.person, place())))) return
      const found = await survey()
      if (found === 'question') await decline()
      else if (found) {
        const { answers } = await tab.page.evaluate(readStored)
        await closeSurvey()
        await stored('answers', answers + 1)
      }
      device.drafts.delete(draftKey(device))
      await view(1)
    },
    async finishAbandoned() {
      await open()
      await tab.page.evaluate(ageDrafts, ABANDONED_MS + 1_000)
      await open()
    },
    hearOnline: async () => {
      if (person) await tab.hearOnline()
    },
    ownIds: async () => (person ? (await tab.page.evaluate(readStored)).ids : []),
    resend: () =>
      tab.page.evaluate(() =>
        ((window as unknown as Counting).zeroten('queue') as { resend(): Promise<number> }).resend(),
      ),
    async replace() {
      const { page } = tab
      await renew()
      await page.close()
    },
  }
  return visitor
}
