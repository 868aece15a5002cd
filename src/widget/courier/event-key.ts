import type { DeliveryEvent } from '../../wire/delivery.js'
import { encode } from '../boot/platform.js'

/**
 * One key per event, `{priority}|{time, 13 digits until the year 2286}|{sequence}|{id}|{bytes}`: sorted keys are the order of delivery, and all that
 * the bounds need (kind, age, size) stands in the key, so that no record is read to count them.
 */
export interface EventKey {
  key: string
  /** Priority 2, page views and impressions; what visitors gave (responses, declines, opt-outs) has 1. */
  isPageView: boolean
  /** When it was stored, device clock. */
  timeMs: number
  id: string
  /** Of its JSON in UTF-8. */
  bytes: number
}

/**
 * An event that is younger belongs to the page that put it, whose first attempt may be under way. After that any courier
 * takes it, under the lock.
 */
export const OWN_MS = 20_000

let sequence = 1_000

export const formatEventKey = (event: DeliveryEvent, timeMs: number): string =>
  [
    /^(page_view|impression)$/.test(event.type) ? 2 : 1,
    timeMs,
    sequence++,
    event.id,
    new Blob([encode(event)]).size,
  ].join('|')

/** @returns undefined for a key that is not an event's */
export function parseEventKey(key: string): EventKey | undefined {
  const [priority, time, , id = '', bytes] = key.split('|')
  return Number(bytes)
    ? { key, isPageView: priority === '2', timeMs: Number(time), id, bytes: Number(bytes) }
    : undefined
}
