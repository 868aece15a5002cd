/** What is known of a request besides itself. */
export interface Connection {
  /** The address at its other end. */
  peer?: string | undefined
  /** Whether it is for a host that is not this server's, as where a name was bound to another address meanwhile. */
  isMisdirected?: boolean
}
