import { vi } from 'vitest'

/** Time that passes by hand, from half a second past noon; fake-indexeddb works by setImmediate, which stays real. */
export const fakeTime = () =>
  vi.useFakeTimers({
    now: Date.UTC(2026, 5, 1, 12) + 500,
    toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'],
  })

/** Lets fake-indexeddb and all that waits for it run for some turns of the event loop. */
export async function turns(count = 40): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** Time passes as it does: in steps, between which what has become due is done. */
export async function pass(ms: number): Promise<void> {
  await turns()
  for (let left = ms; left > 0; left -= 500) {
    vi.advanceTimersByTime(Math.min(left, 500))
    await turns()
  }
}

/** The device sleeps: its clock goes on, and nothing else does. */
export const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** Time passes until it is so, and stands still at that moment. @throws where it is not so within five seconds */
export async function passUntil(isSo: () => boolean): Promise<void> {
  for (let ms = 0; !isSo(); ms++) {
    if (ms === 5_000) throw new Error(`within ${ms} ms it was never so: ${isSo}`)
    vi.advanceTimersByTime(1)
    await turns(4)
  }
}
