import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Waits until a stream that is full takes more, or takes nothing any more. Leaves no listener behind. */
export async function drained(stream: Writable): Promise<void> {
  const settled = new AbortController()
  const { signal } = settled
  // An error is told to the stream's own listeners; here it is only an end.
  await Promise.race(['drain', 'close'].map(event => once(stream, event, { signal }))).catch(() => undefined)
  settled.abort()
}
