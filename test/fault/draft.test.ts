import { describe, it } from 'vitest'
import { useStage } from '../support/stage.js'

describe('an answer in the making', () => {
  const { scene } = useStage()

  it('counts from the score on when the tab crashes, and goes on with it in the next one', async () => {
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

  it('is one response of two tabs that both send', async () => {
    const { newTab, allArrived } = await scene()
    const tabs = [await newTab(), await newTab()]
    for (const [index, tab] of tabs.entries()) {
      await tab.open(`/tab${index}`)
      await tab.page.getByRole('radio').first().waitFor()
    }
    const [first, second] = tabs as [(typeof tabs)[0], (typeof tabs)[0]]
    await first.choose(9)
    await second.choose(9)
    await first.write('from one')
    await second.write('from one')
    await Promise.all([first.send(), second.send()])
    first.noteResponse('from one')
    await allArrived()
  })

  it('is a response where one tab chooses a score and the other is closed', async () => {
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

  it('is one response of a double click', async () => {
    const { newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(8)
    await tab.write('twice')
    await tab.page.getByRole('button', { name: 'Send' }).dblclick()
    tab.noteResponse('twice')
    await allArrived()
  })

  it('arrives when another tab deletes the database before it is sent', async () => {
    const { site, newTab, allArrived } = await scene()
    const tab = await newTab()
    await tab.open('/asked')
    await tab.choose(6)
    await tab.write('where is it')
    const other = await newTab()
    await other.page.goto(`${site.url}/zeroten/widget.js`)
    await other.page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase('zeroten:/zeroten')
          request.onsuccess = resolve
          request.onerror = request.onblocked = reject
        }),
    )
    await tab.send()
    tab.noteResponse('where is it')
    await allArrived()
  })
})
