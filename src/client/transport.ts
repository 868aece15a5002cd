/** One HTTP request of the client’s. */
export interface TransportRequest {
  method: string
  url: string
  headers: Record<string, string>
  body?: string | undefined
  /** Of the answer's body, decompressed. */
  maxAnswerBytes: number
}

/** An answer that was read to its end, or to where it was found to be none. */
export interface TransportResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** The body; empty where there is a problem. */
  readonly text: string
  /** Redirects are not followed: the next hop would get the token. */
  readonly problem?: 'answer_redirected' | 'answer_too_large' | 'answer_not_json'
}

/** A request that is under way. */
export interface PendingExchange {
  /** Rejects where there was no answer. */
  readonly response: Promise<TransportResponse>
  /** Ends it: `response` rejects with the reason at once, whether the other side takes notice or not. */
  abort(reason: unknown): void
}

/** How one request travels, and its whole answer comes back. */
export type Transport = (request: TransportRequest) => PendingExchange
