/** Counts what has begun, so that it can be waited for. */
export interface UnderWay {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when everything that had begun is over. What comes after is the caller's to refuse. */
  close(): Promise<void>
  readonly isClosed: boolean
}

export function createUnderWay(): UnderWay {
  let count = 0
  let isClosed = false
  let onIdle: () => void = () => undefined
  let idle: Promise<void> | undefined
  return {
    async run(work) {
      count++
      try {
        return await work()
      } finally {
        count--
        if (count === 0) onIdle()
      }
    },
    async close() {
      isClosed = true
      if (count === 0) return
      idle ??= new Promise(resolve => {
        onIdle = resolve
      })
      await idle
    },
    get isClosed() {
      return isClosed
    },
  }
}
