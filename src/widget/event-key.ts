import type { DeliveryEvent } from '../wire/delivery.js'

/**
 * One key per event, `{priority}|{time}|{sequence}|{id}|{bytes}`: sorted keys are the order of delivery, and all that
 * the bounds need (kind, age, size) stands in the key, so that no record is read to count them.
 */
export interface EventKey {
  key: string
  /** 1: response, decline, opt-out. 2: page view. */
  priority: number
  /** When it was stored, device clock. */
  timeMs: number
  id: string
  bytes: number
}

let sequence = 0

/** @param event its UTF-8 JSON is measured */
export const formatEventKey = (event: DeliveryEvent, timeMs: number): string =>
  [
    event.type === 'page_view' ? 2 : 1,
    String(Math.round(timeMs)).padStart(13, '0'),
    String(sequence++ % 1e4).padStart(4, '0'),
    event.id,
    new Blob([JSON.stringify(event)]).size,
  ].join('|')

/** @returns undefined for a key that is not an event's */
export function parseEventKey(key: string): EventKey | undefined {
  const found = /^([12])\|(\d{13})\|\d{4}\|([\w-]+)\|(\d+)$/.exec(key)
  return found
    ? {
        key,
        priority: Number(found[1]),
        timeMs: Number(found[2]),
        id: found[3] as string,
        bytes: Number(found[4]),
      }
    : undefined
}
