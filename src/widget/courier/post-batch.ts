import type { Batch, BatchAnswer } from '../../wire/delivery.js'
import { encode } from '../boot/platform.js'

const TIMEOUT_MS = 15_000

/** No answer of ours: its status (0: none, or none that we know) and its Retry-After. */
export interface Failure {
  status: number
  retryAfter?: string | null
}

export const isFailure = (response: BatchAnswer | Failure): response is Failure => 'status' in response

/** Whether the proxy has named an event as delivered: `done` or `duplicate`. */
export const isDone = ({ results }: BatchAnswer, id: string): boolean => /^d/.test(results[id]?.status ?? '')

/** Sends a batch. Whatever there is instead of our answer, the queue keeps everything. @throws where it is no JSON */
export async function post(url: string, batch: Batch, keepalive: boolean): Promise<BatchAnswer | Failure> {
  // What a page gave that is no JSON is told, and is no fault of the network.
  const body = encode(batch)
  const controller = new AbortController()
  setTimeout(() => controller.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // A captive portal's redirect is no answer.
      redirect: 'manual',
      keepalive,
      signal: controller.signal,
    })
    const { status, headers } = response
    // Read it whatever it is: an unread answer counts against the 64 KiB that keepalive requests share.
    const text = await response.text()
    if (!response.ok) return { status, retryAfter: headers.get('retry-after') }
    const answer = JSON.parse(text)
    // A captive portal's 200 names no batch of ours, so it deletes nothing.
    if (answer.id === batch.id && answer.results) return answer
  } catch {
    // Offline, refused, timed out or no JSON: all the same.
  }
  return { status: 0 }
}
