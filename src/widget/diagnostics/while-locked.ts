import type { Courier } from '../courier/courier.js'

const PAUSE_MS = 200

/** Waits for its turn: another tab may be in mid-flush. */
export async function whileLocked(
  { withLock }: Pick<Courier, 'withLock'>,
  work: () => Promise<void>,
): Promise<void> {
  while (!(await withLock(() => work().then(() => undefined))))
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
}
