/** What the proxy keeps with an end user, besides what the host and the page say. A page can't set these. */
export { OPT_OUT_PROPERTY } from '../../wire/v1.js'
/** When a survey was ignored so often that it counts as a decline, unix seconds. */
export const IGNORED_PROPERTY = 'zeroten_ignored_at'
export const SHARE_PROPERTY = 'zeroten_share_feedback'

export const isOwnProperty = (name: string): boolean => name.startsWith('zeroten_')
