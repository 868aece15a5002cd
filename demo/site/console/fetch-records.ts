import type { Records } from '../../server/records.js'

/** What the demo server reads from the API just now; undefined where it does not answer. */
export async function fetchRecords(): Promise<Records | undefined> {
  try {
    const response = await fetch('/demo/records')
    return response.ok ? ((await response.json()) as Records) : undefined
  } catch {
    // The demo was stopped; the page goes on showing what it knew.
    return undefined
  }
}
