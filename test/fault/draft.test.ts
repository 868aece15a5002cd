import { describe, expect, it } from 'vitest'
import { deleteDatabase } from '../support/in-page-database.js'
import { useStage } from '../support/stage.js'

/** From now on no answer can be put: it never ends, or there is no room for it. */
const hinderAnswers = (onPut: string) => {
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value, key) {
    if (!String(key).startsWith('1|')) return put.call(this, value, key)
    Object.assign(window, { isHindered: true })
    if (onPut === 'full') throw new DOMException('full', 'QuotaExceededError')
    this.transaction.commit = () => undefined
    const wait = () => {
      this.get('').onsuccess = wait
    }
    wait()
    return this.get('')
  }
}

describe('draft', () => {
  const { scene } = useStage()

  it('crash after the score: it counts, and the next tab goes on with it', async () => {
    const { newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(7)
    await tab.write('half a sent')
    await tab.crash()
    const next = await newTab()
    await next.open('/next')
    await next.page.getByRole('textbox').waitFor()
    // Closed by the visitor: the score alone, at its time.
    await next.page.getByRole('button', { name: 'Close' }).click()
    tab.noteResponse('')
    await allArrived()
  })

  it.each([
    { what: 'a score', before: undefined },
    { what: 'another score', before: 2 },
  ])(
    'crash in the task that chose $what: it counts, and the next tab goes on with it',
    async ({ before }) => {
      const { newTab, allArrived } = await scene()
      const tab = await newTab()
      await tab.open('/asked')
      await tab.page.getByRole('radio').first().waitFor()
      if (before !== undefined) await tab.choose(before)
      // From now on what is to be stored never is.
      await tab.page.evaluate(() => {
        IDBObjectStore.prototype.put = function (this: IDBObjectStore) {
          this.transaction.abort()
          return {} as IDBRequest<IDBValidKey>
        }
      })
      await tab.choose(7)
      await tab.crash()
      const next = await newTab()
      await next.open('/next')
      await expect.poll(() => next.page.getByRole('radio', { name: /^7\b/ }).isChecked()).toBe(true)
      await next.page.getByRole('button', { name: 'Close' }).click()
      tab.noteResponse('')
      await allArrived()
    },
  )

  it.each([
    { how: 'takes its time', onPut: 'slow' },
    { how: 'finds no room', onPut: 'full' },
  ])('crash while the put of the answer $how: it arrives, and nobody is asked again', async ({ onPut }) => {
    const { site, newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(9)
    await tab.write('nearly stored')
    await tab.page.evaluate(hinderAnswers, onPut)
    site.fault = 'refuse'
    await tab.send()
    await expect.poll(() => tab.page.evaluate('window.isHindered')).toBe(true)
    if (onPut === 'full') await tab.page.getByText('Thank you for your answer!').first().waitFor()
    await tab.crash()
    tab.noteResponse('nearly stored')
    site.fault = undefined
    const next = await newTab()
    await next.open('/next')
    await allArrived()
    expect(await next.page.getByRole('radio').count()).toBe(0)
  })

  it('two tabs submit: one response', async () => {
    const { acts, newTab, allArrived } = await scene()
    const tabs = [await newTab(), await newTab()]
    for (const [index, tab] of tabs.entries()) {
      await tab.open(`/tab${index}`)
      await tab.page.getByRole('radio').first().waitFor()
    }
    const [first, second] = tabs as [(typeof tabs)[0], (typeof tabs)[0]]
    await first.choose(9)
    await second.choose(9)
    const chosenMs = Date.now()
    await first.write('from one')
    await second.write('from one')
    await Promise.all([first.send(), second.send()])
    first.noteResponse('from one')
    // Either of them may have made it, with the time of its own choice.
    for (const act of acts) if (act.type === 'response') act.toMs = chosenMs
    await allArrived()
  })

  it('one submits, one closes: one response, and no decline', async () => {
    const { newTab, allArrived } = await scene()
    const chooses = await newTab()
    await chooses.open('/chooses')
    await chooses.page.getByRole('radio').first().waitFor()
    const closes = await newTab()
    await closes.open('/closes')
    await closes.page.getByRole('radio').first().waitFor()
    await chooses.choose(3)
    await closes.page.getByRole('button', { name: 'Close' }).click()
    await chooses.write('still here')
    await chooses.send()
    chooses.noteResponse('still here')
    await allArrived()
  })

  it('double click: one response', async () => {
    const { newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(8)
    await tab.write('twice')
    await tab.page.getByRole('button', { name: 'Send' }).dblclick()
    tab.noteResponse('twice')
    await allArrived()
  })

  it('another tab deletes the database before it is sent: it arrives', async () => {
    const { newTab, beside, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(6)
    await tab.write('where is it')
    await beside(deleteDatabase, 'zeroten:/zeroten')
    await tab.send()
    tab.noteResponse('where is it')
    await allArrived()
  })
})
