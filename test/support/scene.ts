import type { BrowserContext, CDPSession, Page } from 'playwright'
import { expect } from 'vitest'
import { type Act, compare } from './compare.js'
import type { Deployment } from './deployment.js'
import type { Site, SiteOptions } from './site.js'
import type { CleanUp } from './start-api.js'

/** What lies in the browser's store: keys of events that wait, and dead letters in words. */
export interface Stored {
  /** Keys of what the visitor did and that waits: without impressions, which come of the time that passes. */
  waiting: string[]
  /** Keys of the impressions that wait. */
  impressions: string[]
  dead: string[]
}

/** One tab of a visitor's browser. Whatever it does is noted as an act. */
export interface Tab {
  page: Page
  /** Loads a page of the site. */
  open(path: string): Promise<void>
  /** Goes to a page as single-page applications do. */
  view(path: string): Promise<void>
  views(prefix: string, count: number): Promise<void>
  reload(): Promise<void>
  /** Chooses a score in the survey, which must come up. */
  choose(score: number): Promise<void>
  write(text: string): Promise<void>
  /** Sends what was chosen and written. */
  send(): Promise<void>
  /** Chooses, writes, sends, and waits to be thanked. */
  answer(score: number, text: string): Promise<void>
  /** Notes a response that `choose` began, where `answer` did not. */
  noteResponse(text: string): void
  decline(): Promise<void>
  /** The browser says that the network is back. */
  hearOnline(): Promise<void>
  /** Its renderer dies, as it does when it runs out of memory. */
  crash(): Promise<void>
  /** Nothing of it runs any more, and it keeps what it holds. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** One visitor's browser on a site of their own, with what they did. */
export interface Scene {
  site: Site
  context: BrowserContext
  acts: Act[]
  /** Whatever reached the console of a page as an error, or its error handlers. */
  complaints: readonly string[]
  newTab(): Promise<Tab>
  /** The network is gone, pages and scripts are at hand as from a service worker; until `goOnline`. */
  goOffline(): Promise<void>
  goOnline(): Promise<void>
  stored(): Promise<Stored>
  /**
   * The survey was seen, and the site has heard of it. The impression comes of the time that passes, and would be one event more
   * in whatever batch it met.
   */
  impressionArrived(): Promise<void>
  /** What is not yet as it should be, each with its kind: `lost: …`, `doubled: …`, `wrong: …`, `waits: …`, `dead: …`. */
  problems(dead: number): Promise<string[]>
  /** Runs in a page of the site's origin that has no widget. */
  beside<T, A>(work: (argument: A) => Promise<T>, argument: A): Promise<T>
  /** Goes on in another browser: on the same site, with what was done so far. */
  moveTo(context: BrowserContext): Promise<Scene>
  /**
   * Waits until the API holds every act once, at its time, and nothing waits or is under way any more; and holds that the
   * page saw no error.
   */
  allArrived(options?: { dead?: number; timeoutMs?: number }): Promise<void>
}

/** Jitter at its lowest: what is drawn between nothing and a wait comes soon. */
const HASTE = 'Math.random = () => 0.05'

const readStore = (_: undefined): Promise<Stored> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('zeroten:/zeroten')
    request.onerror = () => reject(request.error)
    request.onupgradeneeded = () => {
      request.transaction?.abort()
      resolve({ waiting: [], impressions: [], dead: [] })
    }
    request.onsuccess = () => {
      const database = request.result
      const store = database.transaction('e').objectStore('e')
      const events = IDBKeyRange.bound('1|', '3')
      const keys = store.getAllKeys(events)
      const values = store.getAll(events)
      const letters = store.getAll(IDBKeyRange.bound('x|', 'x|\uffff'))
      store.transaction.oncomplete = () => {
        database.close()
        const isImpression = (_: unknown, at: number) => values.result[at]?.event?.type === 'impression'
        const names = keys.result.map(String)
        resolve({
          waiting: names.filter((key, at) => !isImpression(key, at)),
          impressions: names.filter(isImpression),
          dead: letters.result.map(({ event, reason }) => `${reason} ${JSON.stringify(event)}`),
        })
      }
    }
  })

const watch = (page: Page, complaints: string[]) => {
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('console', message => {
    // The browser's own word on a request that failed is not ours, and no script can see it.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
}

export interface SceneOptions extends Partial<SiteOptions> {
  /** @default true: jitter is at its lowest */
  isHasty?: boolean
}

interface Begun extends Pick<Scene, 'site' | 'acts'> {
  deployment: Deployment
  complaints: string[]
  isHasty: boolean
}

export async function setScene(
  cleanUp: CleanUp,
  deployment: Deployment,
  context: BrowserContext,
  { isHasty = true, ...options }: SceneOptions = {},
): Promise<Scene> {
  const site = await deployment.openSite(cleanUp, options)
  const begun: Begun = { deployment, site, acts: [], complaints: [], isHasty }
  return playIn(context, begun)
}

async function playIn(context: BrowserContext, begun: Begun): Promise<Scene> {
  const { deployment, site, acts, complaints, isHasty } = begun
  if (isHasty) await context.addInitScript(HASTE)

  let aside: Promise<Page> | undefined
  /** A page for all that is done beside the tabs: it costs more than that. Opened before them, so that it is none in front. */
  const openAside = () => {
    aside ??= context.newPage().then(async page => {
      page.once('crash', () => {
        aside = undefined
      })
      // As a script it is shown, not run.
      await page.goto(`${site.url}/beside.js`)
      return page
    })
    return aside
  }

  async function newTab(): Promise<Tab> {
    await openAside()
    const page = await context.newPage()
    watch(page, complaints)
    const during = async (work: () => Promise<unknown>): Promise<Pick<Act, 'fromMs' | 'toMs'>> => {
      const fromMs = Date.now()
      await work()
      return { fromMs, toMs: Date.now() }
    }
    const pathNow = () => new URL(page.url()).pathname
    let session: Promise<CDPSession> | undefined
    const devTools = () => {
      session ??= context.newCDPSession(page)
      return session
    }
    let chosen: { score: number; fromMs: number; toMs: number } | undefined

    const tab: Tab = {
      page,
      async open(path) {
        const times = await during(() => page.goto(site.url + path))
        acts.push({ type: 'page_view', path, ...times })
      },
      async reload() {
        const times = await during(() => page.reload())
        acts.push({ type: 'page_view', path: pathNow(), ...times })
      },
      async view(path) {
        const times = await during(() => page.evaluate(url => history.pushState({}, '', url), path))
        acts.push({ type: 'page_view', path, ...times })
      },
      async views(prefix, count) {
        const paths = Array.from({ length: count }, (_, index) => `${prefix}${index}`)
        const times = await during(() =>
          page.evaluate(async urls => {
            for (const url of urls) {
              history.pushState({}, '', url)
              await new Promise(resolve => setTimeout(resolve))
            }
          }, paths),
        )
        acts.push(...paths.map(path => ({ type: 'page_view' as const, path, ...times })))
      },
      async choose(score) {
        // As a visitor does. Of a tab in the background the browser draws a frame a second, for which Playwright waits.
        await page.bringToFront()
        const radio = page.getByRole('radio', { name: new RegExp(`^${score}\\b`) })
        await radio.waitFor()
        chosen = { score, ...(await during(() => radio.check())) }
      },
      write: text => page.getByRole('textbox').fill(text),
      async send() {
        await page.bringToFront()
        await page.getByRole('button', { name: 'Send' }).click()
      },
      async answer(score, text) {
        await tab.choose(score)
        await tab.write(text)
        await tab.send()
        // It stands in the panel, and a moment later is spoken too.
        await page.getByText('Thank you for your answer!').first().waitFor()
        tab.noteResponse(text)
      },
      noteResponse(text) {
        if (!chosen) throw new Error('no score was chosen in this tab')
        acts.push({ type: 'response', text, ...chosen })
      },
      async decline() {
        const times = await during(() => page.getByRole('button', { name: 'Close' }).click())
        acts.push({ type: 'decline', ...times })
      },
      hearOnline: () => page.evaluate(() => void dispatchEvent(new Event('online'))),
      async crash() {
        const crashed = page.waitForEvent('crash')
        // It never answers, but by an error when the page is closed.
        devTools()
          .then(session => session.send('Page.crash'))
          .catch(() => undefined)
        await crashed
      },
      freeze: async () =>
        void (await (await devTools()).send('Page.setWebLifecycleState', { state: 'frozen' })),
      thaw: async () =>
        void (await (await devTools()).send('Page.setWebLifecycleState', { state: 'active' })),
    }
    return tab
  }

  async function beside<T, A>(work: (argument: A) => Promise<T>, argument: A): Promise<T> {
    const page = await openAside()
    return page.evaluate<T, unknown>(work as (argument: unknown) => Promise<T>, argument)
  }

  const stored = () => beside(readStore, undefined)

  async function recorded(): Promise<string[]> {
    const { lost, doubled, wrong } = compare(acts, await deployment.recordsOf(site))
    return [
      ...lost.map(what => `lost: ${what}`),
      ...doubled.map(what => `doubled: ${what}`),
      ...wrong.map(what => `wrong: ${what}`),
    ]
  }

  async function problems(dead: number): Promise<string[]> {
    const found = await recorded()
    if (found.length) return found
    const { waiting, impressions, dead: letters } = await stored()
    const left = [...waiting, ...impressions]
    if (left.length) return left.map(key => `waits: ${key}`)
    if (letters.length !== dead) return letters.map(letter => `dead: ${letter}`)
    return site.underWay + deployment.wire.underWay ? ['a request is under way'] : []
  }

  const hasImpression = () =>
    site.batches.some(({ events }) => events.some(({ type }) => type === 'impression'))

  return {
    site,
    context,
    acts,
    complaints,
    impressionArrived: () => expect.poll(hasImpression).toBe(true),
    newTab,
    problems,
    async goOffline() {
      // Chromium lets a keepalive request pass when it is told to be offline.
      site.fault = 'refuse'
      await context.route(
        url => !url.pathname.endsWith('/events'),
        async route => {
          try {
            await route.fulfill({ response: await route.fetch() })
          } catch {
            // The server is gone, or the page, and the request with it.
            await route.abort().catch(() => undefined)
          }
        },
      )
      await context.setOffline(true)
    },
    async goOnline() {
      site.fault = undefined
      await context.setOffline(false)
      // What a page that has crashed asked for is never done.
      await context.unrouteAll({ behavior: 'ignoreErrors' })
    },
    stored,
    beside,
    moveTo: next => playIn(next, begun),
    async allArrived({ dead = 0, timeoutMs = 45_000 } = {}) {
      await expect.poll(() => problems(dead), { timeout: timeoutMs, interval: 250 }).toEqual([])
      // Quiet means that nothing was left to be sent; what came in meanwhile must not have doubled anything.
      expect(await recorded()).toEqual([])
      expect(complaints).toEqual([])
    },
  }
}
