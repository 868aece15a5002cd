import { ZerotenError } from '../http/zeroten-error.js'

/** The lane that goes before all others. */
export const FIRST_LANE = ''

/**
 * Lets tasks run, so many at a time; others wait, so many and no more. Each waits in a lane, and lanes take turns: who sends
 * many tasks keeps nobody else waiting longer.
 *
 * @returns runs a task; rejects with ZerotenError `busy` where too many are waiting
 */
export function createSemaphore({ maxRunning, maxWaiting }: { maxRunning: number; maxWaiting: number }) {
  let running = 0
  let waiting = 0
  /** In the order of their turns. */
  const lanes = new Map<string, (() => void)[]>()

  async function enter(lane: string): Promise<void> {
    if (running < maxRunning) {
      running++
      return
    }
    if (waiting >= maxWaiting) throw new ZerotenError('busy', 'too many are waiting')
    waiting++
    await new Promise<void>(resolve => {
      const queue = lanes.get(lane) ?? []
      lanes.set(lane, queue)
      queue.push(resolve)
    })
  }

  function takeNext(): (() => void) | undefined {
    const lane = lanes.has(FIRST_LANE) ? FIRST_LANE : lanes.keys().next().value
    if (lane === undefined) return undefined
    const queue = lanes.get(lane) ?? []
    const next = queue.shift()
    lanes.delete(lane)
    if (queue.length > 0) lanes.set(lane, queue)
    return next
  }

  function leave(): void {
    const next = takeNext()
    if (!next) {
      running--
      return
    }
    waiting--
    // The place goes from hand to hand, so that nobody slips in between.
    next()
  }

  return async <T>(task: () => Promise<T>, lane: string = FIRST_LANE): Promise<T> => {
    await enter(lane)
    try {
      return await task()
    } finally {
      leave()
    }
  }
}
