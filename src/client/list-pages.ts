import type { Pages } from './client.js'

/** What the document promises where `per_page` is not given, and the most that it gives. */
const DEFAULT_PER_PAGE = 25
const MAX_PER_PAGE = 50

export interface ListPagesOptions<T> {
  first: number
  perPage: number | undefined
  fetchPage(page: number): Promise<T[]>
}

/**
 * Pages as an async iterable. It ends at a page that is short or brings nothing new: so on a server that gives fewer a
 * page than it was asked for, too, and on one that ignores `page`. What a record created meanwhile pushes from one page
 * to the next is not given twice.
 */
export function listPages<T extends { id: number }>({
  first,
  perPage,
  fetchPage,
}: ListPagesOptions<T>): Pages<T> {
  return {
    page: (number = first) => fetchPage(number),
    async *[Symbol.asyncIterator]() {
      let full = Math.min(perPage ?? DEFAULT_PER_PAGE, MAX_PER_PAGE)
      let before = new Set<number>()
      for (let number = first; ; number++) {
        const records = await fetchPage(number)
        const fresh = records.filter(record => !before.has(record.id))
        yield* fresh
        // A server may hold its own, lower bound; the first page shows it.
        if (number === first && records.length >= Math.min(full, DEFAULT_PER_PAGE)) full = records.length
        if (fresh.length === 0 || records.length < full) return
        before = new Set(records.map(record => record.id))
      }
    },
  }
}
