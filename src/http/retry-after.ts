/** Bounds on what a server may ask for: a second, and an hour. */
const MIN_MS = 1_000
const MAX_MS = 3_600_000

/**
 * How long a `Retry-After` header asks to wait, in milliseconds, between one second and one hour.
 *
 * @param value the header: whole seconds, or an IMF-fixdate (RFC 9110 section 10.2.3)
 * @param nowMs the present, for a date
 * @returns undefined where the header is absent or is neither form
 */
export function parseRetryAfter(value: string | null | undefined, nowMs: number): number | undefined {
  const text = String(value)
  const isSeconds = /^\d{1,9}$/.test(text)
  // JavaScript's own UTC format is the IMF-fixdate, so whatever else Date.parse might make sense of is told from one.
  if (!isSeconds && new Date(text).toUTCString() !== text) return undefined
  const ms = isSeconds ? Number(text) * 1_000 : Date.parse(text) - nowMs
  // "Invalid Date" is the one text that is its own format and no date.
  return Math.min(Math.max(ms, MIN_MS), MAX_MS) || undefined
}
