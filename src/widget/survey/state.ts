export interface PanelState {
  /** There from the follow-up on. */
  score?: number
  text: string
  /** What stands beside the text is ticked. */
  share?: boolean
  /** The store refused the response. */
  hasFailed?: boolean
  /** The response is in the store. */
  isSent?: boolean
  /** The last word where nothing was sent: the visitor has opted out. */
  farewell?: string
}
