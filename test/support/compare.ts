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

/** Sets what was done against what the API holds: each exactly once, at its time, under whose it was. */
export function compare(acts: readonly Act[], recorded: Recorded): Comparison {
  const comparison: Comparison = { lost: [], doubled: [], wrong: [] }
  const left = new Set(foundIn(recorded))
  const take = (act: Act, isRight: (found: Found) => boolean): Found | undefined => {
    const [found] = [...left]
      .filter(found => found.what === whatOf(act) && isRight(found))
      .sort((a, b) => distanceS(act, a) - distanceS(act, b))
    if (found) left.delete(found)
    return found
  }
  const byCertainty = acts.toSorted((a, b) => Number(a.isUncertain ?? false) - Number(b.isUncertain ?? false))
  const unmatched = byCertainty.filter(act => !take(act, found => fits(act, found)))
  for (const act of unmatched) {
    const found = take(act, () => true)
    if (!found && act.isUncertain) continue
    if (!found) comparison.lost.push(whatOf(act))
    else {
      const lateS = Math.round(found.atS - act.toMs / 1_000)
      comparison.wrong.push(`${whatOf(act)}: ${lateS} s off, of ${found.email}`)
    }
  }
  for (const { what } of left) comparison.doubled.push(what)
  return comparison
}
