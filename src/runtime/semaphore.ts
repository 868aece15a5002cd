import { ZerotenError } from '../http/zeroten-error.js'

/** The lane that goes before all others. */
export const FIRST_LANE = ''

export interface SemaphoreOptions {
  maxRunning: number
  maxWaiting: number
  /** Tasks of one lane that run at once, besides the first lane's, which may take every place. @default maxRunning */
  maxRunningPerLane?: number
}

interface Lane {
  running: number
  waiting: (() => void)[]
}

/**
 * Runs tasks, so many at a time; so many more wait, each in a lane. Lanes take turns, so that one with many tasks makes no
 * other lane wait longer.
 *
 * @returns runs a task; rejects with ZerotenError `busy` where too many are waiting
 */
export function createSemaphore({
  maxRunning,
  maxWaiting,
  maxRunningPerLane = maxRunning,
}: SemaphoreOptions) {
  let running = 0
  let waiting = 0
  /** Those that run or wait; in the order of their turns. */
  const lanes = new Map<string, Lane>()

  const boundOf = (name: string) => (name === FIRST_LANE ? maxRunning : maxRunningPerLane)

  const mayRun = (name: string, lane: Lane) => lane.waiting.length > 0 && lane.running < boundOf(name)

  /** The lane whose turn it is, of those that have a task waiting and a place left. */
  function nextLane(): [string, Lane] | undefined {
    const first = lanes.get(FIRST_LANE)
    if (first && mayRun(FIRST_LANE, first)) return [FIRST_LANE, first]
    for (const entry of lanes) if (mayRun(...entry)) return entry
    return undefined
  }

  function startWaiting(): void {
    while (running < maxRunning) {
      const found = nextLane()
      if (!found) return
      const [name, lane] = found
      // To the end: the others have their turn first.
      lanes.delete(name)
      lanes.set(name, lane)
      waiting--
      running++
      lane.running++
      lane.waiting.shift()?.()
    }
  }

  async function enter(name: string): Promise<Lane> {
    const lane = lanes.get(name) ?? { running: 0, waiting: [] }
    const mustWait = running >= maxRunning || lane.running >= boundOf(name)
    if (mustWait && waiting >= maxWaiting) throw new ZerotenError('busy', 'too many are waiting')
    lanes.set(name, lane)
    if (!mustWait) {
      running++
      lane.running++
      return lane
    }
    waiting++
    await new Promise<void>(resolve => lane.waiting.push(resolve))
    return lane
  }

  function leave(name: string, lane: Lane): void {
    running--
    lane.running--
    if (lane.running === 0 && lane.waiting.length === 0) lanes.delete(name)
    startWaiting()
  }

  return async <T>(task: () => Promise<T>, name: string = FIRST_LANE): Promise<T> => {
    const lane = await enter(name)
    try {
      return await task()
    } finally {
      leave(name, lane)
    }
  }
}
