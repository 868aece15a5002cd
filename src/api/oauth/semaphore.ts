import { ZerotenError } from '../../http/zeroten-error.js'

/**
 * Lets tasks run, so many at a time; others wait, so many and no more.
 *
 * @returns runs a task; rejects with ZerotenError `busy` where too many are waiting
 */
export function createGate({ maxRunning, maxWaiting }: { maxRunning: number; maxWaiting: number }) {
  let running = 0
  const waiting: (() => void)[] = []

  async function enter(): Promise<void> {
    if (running < maxRunning) running++
    else if (waiting.length < maxWaiting) await new Promise<void>(resolve => waiting.push(resolve))
    else throw new ZerotenError('busy', 'too many are waiting')
  }

  function leave(): void {
    const next = waiting.shift()
    // The place goes from hand to hand, so that nobody slips in between.
    if (next) next()
    else running--
  }

  return async <T>(task: () => Promise<T>): Promise<T> => {
    await enter()
    try {
      return await task()
    } finally {
      leave()
    }
  }
}
