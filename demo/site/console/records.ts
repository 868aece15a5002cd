/** What the demo server read from the API just now: `demo/server/records.ts`. */
export interface Records {
  endUsers: number
  pageViews: number
  responses: number
  declines: number
  /** Newest first. */
  latest: { id: number; score: number; text: string | null; at: string; who: string }[]
}

export async function fetchRecords(): Promise<Records | undefined> {
  try {
    const response = await fetch('/demo/records')
    return response.ok ? ((await response.json()) as Records) : undefined
  } catch {
    // The demo was stopped; the page goes on showing what it knew.
    return undefined
  }
}
