import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startStack } from '../support/stack.js'
import type { Engine } from './engine.js'
import { ENGINES } from './find-engines.js'
import { newVisitor, WATCH_ERRORS } from './visitor.js'

describe.each(ENGINES)('in $engine', ({ start }) => {
  let engine: Engine

  beforeAll(async () => {
    engine = await start()
    process.stdout.write(`${engine.name} ${engine.version}\n`)
  })
  afterAll(() => engine?.close())

  const openSite = async () => {
    const stack = await startStack(onTestFinished, {
      site: { head: '<script src="/watch.js"></script>', files: { '/watch.js': WATCH_ERRORS } },
    })
    const visitor = await newVisitor(engine, stack.site.url)
    onTestFinished(() => visitor.tab.close().catch(() => undefined))
    /** The paths of the recorded page views, sorted. */
    const viewed = async () =>
      (await stack.records()).pageViews.map(({ url }) => new URL(url ?? 'none:').pathname).sort()
    return { ...stack, visitor, viewed }
  }

  it('records a page view, asks, and delivers score and text once', async () => {
    const { visitor, records, viewed } = await openSite()
    await visitor.open('/first')
    await visitor.choose(9)
    await visitor.send('Works here too')
    await expect.poll(async () => (await records()).responses).toHaveLength(1)
    const { responses, declines, endUsers } = await records()
    expect(responses[0]).toMatchObject({ score: 9, text: 'Works here too' })
    expect(await viewed()).toEqual(['/first'])
    expect(declines).toEqual([])
    expect(endUsers).toHaveLength(1)
    expect(await visitor.errors()).toEqual([])
  })

  it('delivers a decline once when the question is closed', async () => {
    const { visitor, records } = await openSite()
    await visitor.open('/first')
    await visitor.decline()
    await expect.poll(async () => (await records()).declines).toHaveLength(1)
    expect((await records()).responses).toEqual([])
    expect(await visitor.errors()).toEqual([])
  })

  it('keeps views and a response over reloads while nothing is reachable', async () => {
    const { site, visitor, records, viewed } = await openSite()
    await visitor.open('/first')
    await visitor.choose(3)
    await expect.poll(viewed).toEqual(['/first'])
    site.fault = 'refuse'
    await visitor.send('No network')
    await visitor.navigate('/second')
    await visitor.open('/third')
    await visitor.navigate('/fourth')
    await visitor.open('/fifth')
    await expect.poll(() => site.batches.length).toBeGreaterThan(3)
    site.fault = undefined
    await visitor.tab.run(`dispatchEvent(new Event('online'))`)
    await expect.poll(viewed).toEqual(['/fifth', '/first', '/fourth', '/second', '/third'])
    await expect.poll(async () => (await records()).responses).toHaveLength(1)
    expect((await records()).responses[0]).toMatchObject({ score: 3, text: 'No network' })
    expect(await visitor.errors()).toEqual([])
  })

  it('restores a page from the back/forward cache, and records the return once', async () => {
    const { site, visitor, viewed } = await openSite()
    await visitor.open('/first')
    await expect.poll(viewed).toEqual(['/first'])
    // Firefox caches no page that is left while it loads something: the survey's last chunk comes after the question.
    await expect
      .poll(() =>
        visitor.tab.run(
          `return performance.getEntriesByType('resource').some(({ name, responseEnd }) => /steps-/.test(name) && responseEnd > 0)`,
        ),
      )
      .toBe(true)
    await expect.poll(() => site.underWay).toBe(0)
    await visitor.open('/next')
    await expect.poll(viewed).toEqual(['/first', '/next'])
    await visitor.tab.back()
    await expect.poll(() => visitor.tab.run('return location.pathname')).toBe('/first')
    await expect.poll(() => visitor.tab.run('return window.wasRestored')).toBe(true)
    await expect.poll(viewed).toEqual(['/first', '/first', '/next'])
    expect(await visitor.errors()).toEqual([])
  })

  it('delivers once what a page left in flight when it went, and came back to', async () => {
    const { site, visitor, viewed } = await openSite()
    await visitor.open('/first')
    await expect.poll(viewed).toEqual(['/first'])
    site.fault = 'swallow'
    await visitor.navigate('/in-flight')
    await expect.poll(() => site.batches.length).toBeGreaterThan(1)
    site.fault = undefined
    await visitor.open('/next')
    await expect.poll(viewed).toContain('/next')
    await visitor.tab.back()
    await expect.poll(() => visitor.tab.run('return location.pathname')).toBe('/in-flight')
    await expect.poll(viewed).toEqual(['/first', '/in-flight', '/in-flight', '/next'])
    expect(await visitor.errors()).toEqual([])
  })

  it('delivers in another tab what a closed tab could not', async () => {
    const { site, visitor, viewed } = await openSite()
    site.fault = 'swallow'
    await visitor.open('/closed')
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)
    await visitor.tab.close()
    site.fault = undefined
    const second = await newVisitor(engine, site.url)
    onTestFinished(() => second.tab.close())
    await second.open('/second')
    await expect.poll(viewed, { timeout: 60_000 }).toEqual(['/closed', '/second'])
    expect(await second.errors()).toEqual([])
  })
})
