import { DAY_MS } from '../../domain/retention.js'
import type { Person } from './people.js'
import type { Random } from './random.js'

/** The history goes back so far. */
const DAYS = 540

/** Mostly a second; some were offline, for hours or days. */
export const lagMs = (random: Random): number =>
  random.next() < 0.9
    ? 300 + Math.floor(random.next() * 2_000)
    : Math.floor(60_000 * Math.exp(random.next() * 7.5))

/** More of late than long ago, on weekdays and by day. */
export function whenAsked(random: Random, endMs: number): number {
  for (;;) {
    const agoMs = DAYS * DAY_MS * (1 - Math.sqrt(random.next()))
    const timeMs = Math.floor(endMs - agoMs)
    const date = new Date(timeMs)
    const weekend = date.getUTCDay() % 6 === 0
    const night = date.getUTCHours() < 6
    if (random.next() < (weekend ? 0.4 : 1) * (night ? 0.25 : 1)) return timeMs
  }
}

/** Slowly better, with a bad month five months ago and what came of it. */
export function scoreOf(random: Random, { mood }: Person, daysAgo: number): number {
  const trend = 0.6 - (daysAgo / DAYS) * 1.1
  const incident = daysAgo > 120 && daysAgo < 165 ? -1.7 : 0
  // The sum of uniforms is near enough to a bell.
  const noise = (random.next() + random.next() + random.next() - 1.5) * 4.4
  return Math.min(10, Math.max(0, Math.round(8 + mood + trend + incident + noise)))
}
