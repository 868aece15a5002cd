import { describe, expect, it } from 'vitest'
import { ageState, hold, putRecords, readRecord, release } from '../support/in-page-database.js'
import { launchCachingBrowser } from '../support/launch-browser.js'
import type { Scene, Tab } from '../support/scene.js'
import { useStage } from '../support/stage.js'

/** A tab with the survey on its screen, and nothing that waits or is under way. */
const openAsked = async ({ newTab, allArrived }: Scene): Promise<Tab> => {
  const tab = await newTab()
  await tab.open('/first')
  await tab.page.getByRole('radio').first().waitFor()
  await allArrived()
  return tab
}

/** The click alone, without Playwright's patience after it. */
const clickSend = ({ page }: Tab) =>
  page.getByRole('button', { name: 'Send' }).evaluate(button => (button as HTMLElement).click())

/** The next page of the visitor brings what the one before left. */
const comeBack = async ({ newTab, allArrived }: Scene) => {
  const tab = await newTab()
  await tab.open('/next')
  await allArrived()
}

const stage = useStage()

/** A page of a known device goes offline before its store has written its first views; the next one delivers them. */
const leaveUnwritten = async (before: (tab: Tab) => Promise<unknown> = async () => undefined) => {
  const scene = await stage.scene()
  const tab = await openAsked(scene)
  await tab.page.close()
  scene.site.fault = 'refuse'
  await scene.beside(hold, undefined)
  const next = await scene.newTab()
  await next.open('/held')
  await before(next)
  await next.views('/held/', 3)
  await next.page.close()
  await scene.beside(release, undefined)
  scene.site.fault = undefined
  await comeBack(scene)
}

const NETWORKS = [
  { how: 'online', fault: undefined },
  { how: 'offline', fault: 'refuse' },
] as const

describe('the renderer crashes', () => {
  it('after the put: nothing is lost', async () => {
    const scene = await stage.scene()
    const tab = await openAsked(scene)
    scene.site.fault = 'refuse'
    await tab.views('/stored/', 5)
    await tab.answer(4, 'stored')
    await tab.crash()
    scene.site.fault = undefined
    await comeBack(scene)
  })

  it('right after the click: the answer is not lost', async () => {
    const scene = await stage.scene()
    const tab = await openAsked(scene)
    await tab.choose(9)
    await tab.write('sent and gone')
    scene.site.fault = 'refuse'
    await clickSend(tab)
    await tab.crash()
    tab.noteResponse('sent and gone')
    scene.site.fault = undefined
    await comeBack(scene)
  })
})

describe.each(NETWORKS)('the tab closes within 100 ms, $how', ({ fault }) => {
  it('of the click: the answer is not lost', async () => {
    const scene = await stage.scene()
    const tab = await openAsked(scene)
    await tab.choose(10)
    await tab.write('and gone')
    scene.site.fault = fault
    await clickSend(tab)
    await tab.page.close()
    tab.noteResponse('and gone')
    scene.site.fault = undefined
    await comeBack(scene)
  })

  it('of a page view: it is not lost', async () => {
    const scene = await stage.scene()
    const { site, newTab, allArrived } = scene
    for (let round = 0; round < 3; round++) {
      const tab = await newTab()
      await tab.open(`/opened/${round}`)
      await allArrived()
      site.fault = fault
      await tab.view(`/closed/${round}`)
      await tab.page.close()
      site.fault = undefined
    }
    await comeBack(scene)
  })
})

describe('a page goes before another tab lets its store write, offline', () => {
  it('page views of a page with a survey: none is lost', async () => {
    const scene = await stage.scene()
    const tab = await openAsked(scene)
    scene.site.fault = 'refuse'
    await scene.beside(hold, undefined)
    await tab.views('/held/', 5)
    await tab.page.close()
    await scene.beside(release, undefined)
    scene.site.fault = undefined
    await comeBack(scene)
  })

  it('the first page views of a page: none is lost', async () => {
    await leaveUnwritten()
  })
})

describe('a page whose document was opened anew', () => {
  const openAnew = ({ page }: Tab) => page.evaluate('document.open(); document.close()')

  it('keeps at its end what its store has not written', async () => {
    await leaveUnwritten(openAnew)
  })

  it('sends when it hears of a network, however long the pause after failures', async () => {
    const scene = await stage.scene()
    const { site, newTab, beside, allArrived } = scene
    const tab = await newTab()
    await tab.open('/first')
    await allArrived()
    const state = (await beside(readRecord, 's')) as object
    const paused = { ...state, attempts: 9, notBeforeMs: Date.now() + 1_800_000 }
    await beside(putRecords, [['s', paused]])
    await tab.reload()
    await openAnew(tab)
    await tab.views('/paused/', 3)
    await expect.poll(async () => (await scene.stored()).waiting.length).toBe(4)
    const before = site.batches.length
    await tab.hearOnline()
    await allArrived()
    expect(site.batches.length).toBeGreaterThan(before)
  })
})

describe('pagehide with 200 KB waiting', () => {
  it('sends answers in the keepalive request, and the next load the rest', async () => {
    const scene = await stage.scene()
    const { site } = scene
    const tab = await openAsked(scene)
    site.fault = 'refuse'
    await tab.views(`/long/${'x'.repeat(1_500)}/`, 120)
    await tab.answer(3, 'before all')
    const before = site.batches.length
    site.fault = undefined
    await tab.page.goto('about:blank')
    await expect
      .poll(() => site.batches.slice(before).map(({ events }) => events[0]?.type))
      .toContain('response')
    await comeBack(scene)
  })
})

describe('many tabs', () => {
  it('8 tabs with 200 events come online at once: each is sent once', async () => {
    const { site, newTab, allArrived } = await stage.scene()
    const tabs = await Promise.all(Array.from({ length: 8 }, newTab))
    site.fault = 'refuse'
    for (const [index, tab] of tabs.entries()) await tab.open(`/tab${index}`)
    await Promise.all(tabs.map((tab, index) => tab.views(`/tab${index}/`, 24)))
    site.fault = undefined
    await Promise.all(tabs.map(tab => tab.hearOnline()))
    await allArrived()
  })

  it.each(['crashes', 'is frozen with the lock'])('the flusher tab %s: another one goes on', async how => {
    const { site, newTab, beside, allArrived } = await stage.scene()
    const sender = await newTab()
    await sender.open('/sender')
    await allArrived()
    const before = site.batches.length
    site.fault = 'swallow'
    await sender.view('/held')
    await expect.poll(() => site.batches.length).toBeGreaterThan(before)
    // Only now, so that there is no doubt which of them is sending.
    const other = await newTab()
    await other.open('/other')
    if (how === 'crashes') await sender.crash()
    else {
      await sender.freeze()
      await beside(ageState, 60_000)
    }
    site.fault = undefined
    await other.view('/other/1')
    await allArrived()
    if (how === 'crashes') return
    await sender.thaw()
    await sender.view('/thawed')
    await allArrived()
  })
})

describe.each([
  {
    locks: 'no Web Locks',
    script: "Object.defineProperty(navigator, 'locks', { value: undefined })",
  },
  {
    locks: 'Web Locks that throw, as in a sandboxed frame',
    script: "navigator.locks.request = () => { throw new DOMException('no', 'SecurityError') }",
  },
])('$locks', ({ script }) => {
  it('two tabs send each event once, also when one of them crashes in mid-flush', async () => {
    const { site, context, newTab, beside, allArrived } = await stage.scene()
    await context.addInitScript(script)
    const tabs = [await newTab(), await newTab()] as const
    site.fault = 'refuse'
    for (const [index, tab] of tabs.entries()) {
      await tab.open(`/tab${index}`)
      await tab.views(`/tab${index}/`, 10)
    }
    site.fault = undefined
    await Promise.all(tabs.map(tab => tab.hearOnline()))
    await allArrived()

    const [sender, second] = tabs
    await second.page.close()
    // Where it closed in mid-flush, it took the lease along.
    await beside(ageState, 60_000)
    site.fault = 'swallow'
    const before = site.batches.length
    await sender.view('/held')
    await expect.poll(() => site.batches.length).toBeGreaterThan(before)
    await sender.crash()
    site.fault = undefined
    await beside(ageState, 60_000)
    const next = await newTab()
    await next.open('/after')
    await allArrived()
  })
})

const gate = () => {
  let release: (() => void) | undefined
  const promise = new Promise<void>(resolve => {
    release = resolve
  })
  return { promise, release: () => release?.() }
}

describe('leave and come back through bfcache in mid-flush', () => {
  const stage = useStage({ launch: launchCachingBrowser })

  it('what the page held is sent once', async () => {
    const { site, context, acts, newTab, allArrived } = await stage.scene()
    await context.addInitScript(
      "addEventListener('pageshow', event => { window.isRestored = event.persisted })",
    )
    const tab = await newTab()
    await tab.open('/left')
    await allArrived()
    const { promise: released, release } = gate()
    site.fault = { before: released }
    const before = site.batches.length
    await tab.views('/left/', 5)
    await expect.poll(() => site.batches.length).toBeGreaterThan(before)
    // Without our script: it would want the lock, and the browser gives up the page in the cache for it.
    await tab.page.goto(`${site.url}/zeroten/widget.js`)
    const fromMs = Date.now()
    await tab.page.goBack({ waitUntil: 'commit' })
    await expect.poll(() => tab.page.evaluate('window.isRestored')).toBe(true)
    acts.push({ type: 'page_view', path: '/left/4', fromMs, toMs: Date.now() })
    site.fault = undefined
    release()
    await allArrived()
  })
})
