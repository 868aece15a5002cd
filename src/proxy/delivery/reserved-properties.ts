/** What the proxy keeps with an end user, besides what the host and the page say. A page can't set these. */
export const OPT_OUT_PROPERTY = 'zeroten_opt_out'
export const SHARE_PROPERTY = 'zeroten_share_feedback'

export const isOwnProperty = (name: string): boolean => name.startsWith('zeroten_')
