import type { Metrics } from '../metrics.js'

const REMEMBERED_MS = 600_000

/** Whether upstream keeps page views at all: some do not. */
export interface PageViewSupport {
  /** True for ten minutes after the collection was found missing. */
  readonly isMissing: boolean
  noteMissing(): void
  /** Counts a page view that has no place to go. */
  passOver(): void
}

/** @param monotonic milliseconds */
export function createPageViewSupport(metrics: Metrics, monotonic: () => number): PageViewSupport {
  let missingUntilMs = 0
  return {
    get isMissing() {
      return monotonic() < missingUntilMs
    },
    noteMissing() {
      missingUntilMs = monotonic() + REMEMBERED_MS
    },
    passOver: () => metrics.count('zeroten_page_views_unsupported_total'),
  }
}
