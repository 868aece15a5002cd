import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listPages } from '../../../src/client/list-pages.js'

interface Item {
  id: number
}

/** A server with so many records that gives no more than `most` of them a page. */
function serve(total: number, most: number, perPage?: number) {
  const asked: number[] = []
  const size = Math.min(perPage ?? 25, most)
  const pages = listPages<Item>({
    first: 1,
    perPage,
    fetchPage: async page => {
      asked.push(page)
      const from = (page - 1) * size
      return Array.from({ length: Math.max(0, Math.min(size, total - from)) }, (_, i) => ({
        id: from + i + 1,
      }))
    },
  })
  return { pages, asked }
}

async function idsOf(pages: AsyncIterable<Item>): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of pages) ids.push(id)
  return ids
}

test('pages concatenate to the whole in order, however the server bounds them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 260 }),
      fc.integer({ min: 25, max: 60 }),
      fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
      async (total, most, perPage) => {
        const { pages } = serve(total, most, perPage)
        expect(await idsOf(pages)).toEqual(Array.from({ length: total }, (_, i) => i + 1))
      },
    ),
  )
})

test('a page is asked for only when its records are wanted', async () => {
  const { pages, asked } = serve(100, 50, 10)
  expect(asked).toEqual([])
  for await (const { id } of pages) if (id === 10) break
  expect(asked).toEqual([1])
  for await (const { id } of pages) if (id === 11) break
  expect(asked).toEqual([1, 1, 2])
})

test('a short page is the last: none is asked for after it', async () => {
  const { pages, asked } = serve(54, 50)
  await idsOf(pages)
  expect(asked).toEqual([1, 2, 3])
})

test('one page is what was asked for, and nothing else is', async () => {
  const { pages, asked } = serve(100, 50, 10)
  expect((await pages.page(3)).map(({ id }) => id)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30])
  expect((await pages.page()).map(({ id }) => id)[0]).toBe(1)
  expect(await pages.page(11)).toEqual([])
  expect(asked).toEqual([3, 1, 11])
})

test('it ends on a server that gives the same page for ever', async () => {
  let asked = 0
  const same = Array.from({ length: 25 }, (_, i) => ({ id: i + 1 }))
  const pages = listPages<Item>({
    first: 1,
    perPage: 25,
    fetchPage: async () => {
      asked++
      return same
    },
  })
  expect(await idsOf(pages)).toHaveLength(25)
  expect(asked).toBe(2)
})

test('a record that a new one pushes to the next page is given once', async () => {
  let records = Array.from({ length: 60 }, (_, i) => ({ id: 60 - i }))
  const pages = listPages<Item>({
    first: 1,
    perPage: 25,
    fetchPage: async page => {
      const result = records.slice((page - 1) * 25, page * 25)
      records = [{ id: 60 + page }, ...records]
      return result
    },
  })
  const ids = await idsOf(pages)
  expect(ids).toEqual([...new Set(ids)])
  expect(ids).toEqual(Array.from({ length: 60 }, (_, i) => 60 - i))
})

test('a page that fails, fails the iteration with the same error', async () => {
  const error = new Error('page 2')
  const pages = listPages<Item>({
    first: 1,
    perPage: 1,
    fetchPage: async page => {
      if (page === 2) throw error
      return [{ id: 1 }]
    },
  })
  await expect(idsOf(pages)).rejects.toBe(error)
})
