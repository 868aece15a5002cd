import type { CounterName, Metrics } from '../metrics.js'

const REMEMBERED_MS = 600_000

/** Whether upstream keeps records of a kind at all: page views and impressions, some do not. */
export interface CollectionSupport {
  /** True for ten minutes after the collection was found missing. */
  readonly isMissing: boolean
  noteMissing(): void
  /** Counts an event that has no place to go. */
  passOver(): void
}

/** @param monotonic milliseconds @param counter of the events that are passed over */
export function createCollectionSupport(
  metrics: Metrics,
  monotonic: () => number,
  counter: CounterName,
): CollectionSupport {
  let missingUntilMs = 0
  return {
    get isMissing() {
      return monotonic() < missingUntilMs
    },
    noteMissing() {
      missingUntilMs = monotonic() + REMEMBERED_MS
    },
    passOver: () => metrics.count(counter),
  }
}
