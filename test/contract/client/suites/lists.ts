import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClientContext } from './client-context.js'

async function collect<T>(list: AsyncIterable<T>): Promise<T[]> {
  const records: T[] = []
  for await (const record of list) records.push(record)
  return records
}

const ids = (records: { id: number }[]) => records.map(({ id }) => id)

export function listSuite(context: ClientContext): void {
  test('pages concatenate to the whole in order, whatever their size', async () => {
    const { id } = await context.newEndUser()
    const { declines } = context.client
    const made = []
    for (let i = 0; i < 57; i++)
      made.push(await declines.create(id, { created_at: 1_000 + Math.floor(i / 3) }))
    const whole = made
      .map(one => ({ id: one?.id ?? 0, at: one?.created_at.getTime() ?? 0 }))
      .sort((a, b) => b.at - a.at || b.id - a.id)
    for (const per_page of [undefined, 1, 7, 19, 25, 50, 57, 500]) {
      const parameters = per_page === undefined ? {} : { per_page }
      expect(ids(await collect(declines.listOf(id, parameters))), `per_page ${per_page}`).toEqual(ids(whole))
      const size = Math.min(per_page ?? 25, 50)
      expect(ids(await declines.listOf(id, parameters).page(2))).toEqual(ids(whole.slice(size, 2 * size)))
    }
    expect(await declines.listOf(id).page(99)).toEqual([])
    expect(ids(await collect(declines.listOf(id, { sort_order: 'asc', per_page: 20 })))).toEqual(
      ids(whole).reverse(),
    )
    expect(ids(await collect(declines.listOf(id, { page: 2, per_page: 20 })))).toEqual(ids(whole.slice(20)))
  })

  test('promoters, passives and detractors are all responses, each once', async () => {
    const { id } = await context.newEndUser()
    const { responses } = context.client
    const scores = fc.sample(fc.integer({ min: 0, max: 10 }), { numRuns: 60, seed: 7 })
    for (const score of [...Array(11).keys(), ...scores])
      await responses.create(id, { score, origin_url: 'https://example.com' })
    const all = await collect(responses.listOf(id))
    const classes = {
      promoters: all.filter(({ score }) => score >= 9),
      passives: all.filter(({ score }) => score === 7 || score === 8),
      detractors: all.filter(({ score }) => score <= 6),
    }
    expect(all).toHaveLength(71)
    for (const kind of ['promoters', 'passives', 'detractors'] as const)
      expect(await collect(responses.listOf(id, { class: kind, per_page: 10 }))).toEqual(classes[kind])
  })

  test('a filter by time is what a naive filter is', async () => {
    const { id } = await context.newEndUser()
    const { pageViews, responses } = context.client
    for (let s = 100; s < 120; s++)
      await responses.create(id, { score: 1, origin_url: 'https://example.com', created_at: s })
    await pageViews.create(id)
    const all = await collect(responses.listOf(id))
    const bound = fc.option(fc.integer({ min: 98, max: 121 }), { nil: undefined })
    const filter = fc.record({ eq: bound, lt: bound, lte: bound, gt: bound, gte: bound })
    await fc.assert(
      fc.asyncProperty(filter, async bounds => {
        const created = Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined))
        const naive = all.filter(({ created_at }) => {
          const s = created_at.getTime() / 1_000
          const { eq = s, lt = s + 1, lte = s, gt = s - 1, gte = s } = created
          return s === eq && s < lt && s <= lte && s > gt && s >= gte
        })
        expect(ids(await collect(responses.listOf(id, { created, per_page: 6 })))).toEqual(ids(naive))
      }),
      { numRuns: 25 },
    )
  })

  test('what is created while a list is read is not given twice, and nothing is left out', async () => {
    const { id } = await context.newEndUser()
    const { responses } = context.client
    const made: number[] = []
    for (let s = 0; s < 30; s++)
      made.push((await responses.create(id, { score: 1, origin_url: 'x', created_at: s }))?.id ?? 0)
    const seen: number[] = []
    for await (const one of responses.listOf(id, { per_page: 10 })) {
      seen.push(one.id)
      if (seen.length % 10 === 1) await responses.create(id, { score: 2, origin_url: 'x', created_at: 1_000 })
    }
    expect(seen.filter((one, index) => seen.indexOf(one) !== index)).toEqual([])
    expect(made.filter(one => !seen.includes(one))).toEqual([])
  })

  test('a list of the account holds what the lists of its end users hold', async () => {
    const [one, other] = [await context.newEndUser(), await context.newEndUser()]
    const { responses } = context.client
    const created_at = 2_000_000_000
    const made = [
      await responses.create(one.id, { score: 1, origin_url: 'x', created_at }),
      await responses.create(other.id, { score: 9, origin_url: 'x', created_at }),
    ]
    const found = await collect(responses.list({ created: { eq: created_at } }))
    expect(ids(found).sort()).toEqual(made.map(response => response?.id).sort())
  })
}
