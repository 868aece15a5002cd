import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { pass } from '../../support/virtual-time.js'
import { no, openWidgetPage, yes } from '../../support/widget-page.js'

const ABANDONED_MS = 31 * 60_000

describe('a tab in which somebody else is asked', () => {
  it('leaves alone a score whose page has gone meanwhile', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    page.start({ email: 'a@example.com' })
    await pass(5_000)
    page.start()
    await pass(5_000)
    expect(page.surveys).toHaveLength(2)
    page.survey(0).options.onScore(2)
    await pass(2_000)
    await page.leave()
    page.verdictOf = no
    page.start({ email: 'a@example.com' })
    await pass(ABANDONED_MS)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 2, whose: 'a@example.com' }])
  })

  it('leaves alone a text that is being written', async () => {
    const page = openWidgetPage()
    page.verdictOf = ({ identity }) => yes(identity?.email ?? 'nobody')
    page.start({ email: 'a@example.com' })
    await pass(5_000)
    const { options } = page.survey()
    options.onScore(2)
    await pass(1_000)
    page.start()
    await pass(5_000)
    await options.onSubmit({ score: 2, text: 'what I think' })
    await pass(5_000)
    expect(page.answers()).toMatchObject([{ type: 'response', text: 'what I think', whose: 'a@example.com' }])
  })
})

describe('a decline', () => {
  it('gives way to an answer that was begun in another tab', async () => {
    const page = openWidgetPage()
    page.verdictOf = () => yes('nobody')
    page.start()
    await pass(5_000)
    page.start()
    await pass(5_000)
    page.verdictOf = no
    const { options } = page.survey(0)
    options.onScore(9)
    await pass(100)
    page.survey(1).close('decline')
    await pass(1_000)
    await options.onSubmit({ score: 9, text: 'what I think' })
    await pass(5_000)
    expect(page.answers()).toMatchObject([{ type: 'response', score: 9, text: 'what I think' }])
  })
})
