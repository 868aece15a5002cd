/** Runs what concerns one key one after the other, in the order of the calls. Holds nothing for a key that is idle. */
export interface Mutex {
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createMutex(): Mutex {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run(key, work) {
      const before = tails.get(key)
      const mine = before ? before.then(work, work) : work()
      tails.set(key, mine)
      const release = () => {
        if (tails.get(key) === mine) tails.delete(key)
      }
      mine.then(release, release)
      return mine
    },
  }
}
