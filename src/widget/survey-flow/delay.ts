import type { Settings } from '../settings/settings.js'

/** So long a visitor who has seen no other page yet is not asked, where the site says nothing else. */
const FIRST_PAGE_S = 30

export interface Occasion {
  /** Page views of this visitor on this device, this page among them; 0 or 1 where none are counted. */
  pageViews: number
  /** The page itself has called for the question, by `survey()` or `event()`. */
  isCalled: boolean
}

/** Seconds between the proxy's yes and the question. */
export function delayS(
  { timeDelay, delayPages, surveyImmediately }: Settings,
  { pageViews, isCalled }: Occasion,
): number {
  const pages = delayPages ?? (timeDelay === undefined ? 1 : Number.POSITIVE_INFINITY)
  if (pageViews > pages) return 0
  return timeDelay ?? (isCalled || surveyImmediately ? 0 : FIRST_PAGE_S)
}
