/** Work that may go on side by side, and work that has to be alone. */
export interface SharedLock {
  shared<T>(work: () => Promise<T>): Promise<T>
  alone<T>(work: () => Promise<T>): Promise<T>
}

export function createSharedLock(): SharedLock {
  const running = new Set<Promise<unknown>>()
  let loner: Promise<unknown> = Promise.resolve()

  const settled = (work: Promise<unknown>) => work.catch(() => undefined)
  return {
    async shared(work) {
      let seen: Promise<unknown>
      do {
        seen = loner
        await seen
      } while (seen !== loner)
      const mine = work()
      const mark = settled(mine).finally(() => running.delete(mark))
      running.add(mark)
      return mine
    },
    alone(work) {
      const mine = loner.then(() => Promise.all(running)).then(work)
      loner = settled(mine)
      return mine
    },
  }
}
