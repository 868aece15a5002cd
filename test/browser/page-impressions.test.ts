import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { DeliveryEvent } from '../../src/wire/delivery.js'
import { launchBrowser } from '../support/launch-browser.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

const MOMENT = 'form=popover&language=de&device=desktop&level=anonymous'

async function setUp(attributes = '') {
  const stack = await startStack(onTestFinished, {
    site: { attributes: `data-form="popover" data-language="de" ${attributes}` },
  })
  const visit = async () => {
    const { page, complaints } = await openPage(onTestFinished, browser)
    await page.goto(stack.site.url)
    await page.getByRole('radio', { name: /^9/ }).waitFor()
    return { page, complaints }
  }
  /** Each event once, however often it was brought: a page that goes leaves the next one in doubt. */
  const sent = (): DeliveryEvent[] => [
    ...new Map(stack.site.batches.flatMap(({ events }) => events).map(event => [event.id, event])).values(),
  ]
  return { ...stack, visit, sent }
}

const seen = (sent: () => DeliveryEvent[]) =>
  expect.poll(() => sent().filter(({ type }) => type === 'impression').length)

describe('a visitor who is shown the survey', () => {
  it('counts as shown, and then as answered, closed or neither, to the unit', async () => {
    const { visit, rates, records } = await setUp()
    const pages: Page[] = []
    for (let visitors = 0; visitors < 4; visitors++) pages.push((await visit()).page)
    await expect.poll(() => rates(MOMENT)).toEqual({ shown: 4, answered: 0, closed: 0, neither: 4 })
    const [first, second, third] = pages
    await first?.getByRole('radio', { name: /^9/ }).check()
    await first?.getByRole('button', { name: 'Senden' }).click()
    await second?.getByRole('radio', { name: /^2/ }).check()
    await second?.getByRole('button', { name: 'Schließen' }).click()
    await third?.getByRole('button', { name: 'Schließen' }).click()
    await expect.poll(() => rates(MOMENT)).toEqual({ shown: 4, answered: 2, closed: 1, neither: 1 })
    const { responses, declines } = await records()
    expect([responses.length, declines.length]).toEqual([2, 1])
  })

  it('is shown one survey, whatever comes first: a response within the first second', async () => {
    const { visit, rates, sent } = await setUp()
    const { page, complaints } = await visit()
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('button', { name: 'Senden' }).click()
    await expect.poll(() => rates(MOMENT)).toEqual({ shown: 1, answered: 1, closed: 0, neither: 0 })
    await seen(sent).toBe(1)
    expect(complaints).toEqual([])
  })

  it('is asked on three pages, and on the fourth no more', async () => {
    const { visit, rates, site, sent } = await setUp()
    const { page } = await visit()
    const question = page.getByRole('radio', { name: /^9/ })
    await seen(sent).toBe(1)
    for (const path of ['/second', '/third']) {
      await page.goto(site.url + path)
      await question.waitFor()
      // The page is one on which it was seen once that is written down.
      const pages = `new Promise(resolve => {
        indexedDB.open('zeroten:/zeroten').onsuccess = ({ target }) => {
          const range = IDBKeyRange.bound('s|draft|', 's|draft|~')
          const request = target.result.transaction('e').objectStore('e').getAll(range)
          request.onsuccess = () => { target.result.close(); resolve(request.result[0]?.pages) }
        }
      })`
      await expect.poll(() => page.evaluate(pages)).toBe(path === '/second' ? 2 : 3)
    }
    await page.goto(`${site.url}/fourth`)
    await seen(sent).toBe(2)
    expect(sent().filter(event => event.type === 'impression' && event.ignored)).toHaveLength(1)
    expect(await question.count()).toBe(0)
    expect(await rates(MOMENT)).toEqual({ shown: 1, answered: 0, closed: 0, neither: 1 })
    await page.goto(`${site.url}/fifth`)
    await expect
      .poll(() => page.evaluate("zeroten('explain').then(({ verdict }) => verdict?.survey)"))
      .toBe(false)
  })
})
