export interface PanelState {
  /** There from the follow-up on. */
  score?: number
  text: string
  /** Nothing has happened since it appeared. */
  isNew?: boolean
  /** The score came by a key, perhaps as the first of two digits. */
  isTyped?: boolean
  /** What stands beside the text is ticked. */
  share?: boolean
  /** The store refused the answer. */
  hasFailed?: boolean
  /** The answer is in the store. */
  isSent?: boolean
  /** The last word where nothing was sent: the visitor has opted out. */
  farewell?: string
  /** The live region holds what there is to say. */
  isLoud?: boolean
}
