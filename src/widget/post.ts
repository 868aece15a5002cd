import type { Batch, BatchAnswer } from '../wire/delivery.js'
import type { Failure } from './retry-state.js'

const TIMEOUT_MS = 15_000

/** Sends a batch. @returns the proxy's answer, or what there was instead: status 0 stands for no answer of ours */
export async function post(url: string, batch: Batch, keepalive: boolean): Promise<BatchAnswer | Failure> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      // A captive portal's redirect is no answer.
      redirect: 'manual',
      cache: 'no-store',
      keepalive,
      signal: controller.signal,
    })
    // Read it whatever it is: an unread answer counts against the 64 KiB that keepalive requests share.
    const text = await response.text()
    if (response.ok) {
      const answer = JSON.parse(text) as BatchAnswer | null
      // A captive portal's 200 names no batch of ours, so it deletes nothing.
      return answer?.id === batch.id && answer.results ? answer : { status: 0, retryAfter: null }
    }
    return { status: response.status, retryAfter: response.headers.get('retry-after') }
  } catch {
    // Offline, refused, timed out or no JSON: all the same to the queue, which keeps everything.
    return { status: 0, retryAfter: null }
  } finally {
    clearTimeout(timer)
  }
}
