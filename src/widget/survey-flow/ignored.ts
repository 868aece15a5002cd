import type { Settings } from '../settings/settings.js'
import type { Draft } from './draft.js'

export const DAY_MS = 86_400_000

/** Whether a visitor has ignored this survey so lately that they are not asked again. */
export const isIgnored = ({ ignoredMs, final }: Draft, settings: Settings): boolean => {
  const { declineResurveyDays = 30, surveyImmediately } = settings
  const isLately = ignoredMs !== undefined && Date.now() - ignoredMs < declineResurveyDays * DAY_MS
  return isLately && !final && !surveyImmediately
}
