import type { Recorded } from './deployment.js'

/** Something that a visitor did, and when, by a clock that is right. */
export type Act = {
  fromMs: number
  toMs: number
  /** Whose it is, where the test knows: an address, or the end of one from the `@` on. */
  email?: string
  /** The page was gone before it could be known whether this was stored: it may be missing, and is not there twice. */
  isUncertain?: boolean
} & (
  | { type: 'page_view'; path: string }
  | { type: 'response'; score: number; text: string }
  | { type: 'decline' }
)

const TOLERANCE_S = 2

/** The API prints datetimes without a zone in UTC. */
const secondsOf = (datetime: string): number =>
  Date.parse(/[Z+]/.test(datetime) ? datetime : `${datetime.replace(' ', 'T')}Z`) / 1_000

interface Found {
  what: string
  email: string
  atS: number
}

const whatOf = (act: Act): string => {
  if (act.type === 'page_view') return `page view of ${act.path}`
  return act.type === 'decline' ? 'decline' : `response ${act.score} "${act.text}"`
}

const pathOf = (url: string | null): string => new URL(url ?? 'none:').pathname

function foundIn({ pageViews, responses, declines }: Recorded): Found[] {
  return [
    ...pageViews.map(({ email, record: { url, at } }) => ({
      what: `page view of ${pathOf(url)}`,
      email,
      atS: secondsOf(at),
    })),
    ...responses.map(({ email, record: { score, text, created_at } }) => ({
      what: `response ${score} "${text ?? ''}"`,
      email,
      atS: secondsOf(created_at),
    })),
    ...declines.map(({ email, record }) => ({ what: 'decline', email, atS: secondsOf(record.created_at) })),
  ]
}

/** How far from the time of the act, seconds. */
const distanceS = ({ fromMs, toMs }: Act, { atS }: Found): number =>
  Math.max(fromMs / 1_000 - atS, atS - toMs / 1_000, 0)

const isOwner = ({ email }: Act, found: Found): boolean =>
  email === undefined || (email.startsWith('@') ? found.email.endsWith(email) : email === found.email)

const fits = (act: Act, found: Found): boolean => distanceS(act, found) <= TOLERANCE_S && isOwner(act, found)

export interface Comparison {
  lost: string[]
  doubled: string[]
  /** There, but with another time or another owner. */
  wrong: string[]
}

/**
 * Gives as many acts as can be a record that fits: of several loads of one page within seconds, whose records lie nearest
 * to one another's, each has its own. An act that has one keeps one, whoever comes after it.
 */
function match(acts: readonly Act[], all: readonly Found[]): Map<Found, Act> {
  const matched = new Map<Found, Act>()
  const isMatched = (act: Act, tried: Set<Found>): boolean => {
    const what = whatOf(act)
    return all.some(found => {
      if (found.what !== what || !fits(act, found) || tried.has(found)) return false
      tried.add(found)
      const holder = matched.get(found)
      if (holder && !isMatched(holder, tried)) return false
      matched.set(found, act)
      return true
    })
  }
  for (const act of acts) isMatched(act, new Set())
  return matched
}

/** Sets what was done against what the API holds: each exactly once, at its time, under whose it was. */
export function compare(acts: readonly Act[], recorded: Recorded): Comparison {
  const comparison: Comparison = { lost: [], doubled: [], wrong: [] }
  const all = foundIn(recorded)
  const byCertainty = acts.toSorted((a, b) => Number(a.isUncertain ?? false) - Number(b.isUncertain ?? false))
  const matched = match(byCertainty, all)
  const withRecord = new Set(matched.values())
  const left = new Set(all.filter(found => !matched.has(found)))
  for (const act of byCertainty) {
    if (withRecord.has(act)) continue
    const found = [...left].find(({ what }) => what === whatOf(act))
    if (found) {
      left.delete(found)
      const lateS = Math.round(found.atS - act.toMs / 1_000)
      comparison.wrong.push(`${whatOf(act)}: ${lateS} s off, of ${found.email}`)
    } else if (!act.isUncertain) comparison.lost.push(whatOf(act))
  }
  for (const { what } of left) comparison.doubled.push(what)
  return comparison
}
