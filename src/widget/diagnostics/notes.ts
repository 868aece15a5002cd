import { parseSettings } from '../settings/parse-settings.js'
import { fieldsOf } from '../settings/parse-value.js'
import { NAMES_BY_WHAT_FITS } from './setting-names.js'

const told = new Set<string>()

const tell = (note: string) => {
  if (told.has(note)) return
  told.add(note)
  console.info(`zeroten: ${note}.`)
}

const FITS = new Map(
  NAMES_BY_WHAT_FITS.flatMap(([fits, names, limit]) =>
    names.split(' ').map(name => [name, { fits, limit }] as const),
  ),
)

/** Whether it is one of the choices, or a number in its range. */
const isWithin = (value: unknown, limit: number | RegExp | undefined): boolean =>
  limit === undefined ||
  (typeof limit === 'number'
    ? Number(value) >= 0 && Number(value) <= limit
    : limit.test(String(value).trim()))

/** How many letters one has to change, put in or take out to get the other. */
function distance(a: string, b: string): number {
  let row = [...b, ''].map((_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min(
          (next[j] as number) + 1,
          (row[j + 1] as number) + 1,
          (row[j] as number) + +(letter !== other),
        ),
      )
    row = next
  }
  return row.at(-1) as number
}

const plain = (name: string) => name.replace(/[-_]/g, '').toLowerCase()

/** The setting that was probably meant. */
const nearest = (name: string): string | undefined =>
  [...FITS.keys()].find(known => distance(plain(known), plain(name)) <= Math.min(2, name.length / 4))

const isAbsent = (value: unknown) =>
  value === undefined || value === null || /^(null|undefined|\s*)$/.test(String(value))

/** Names what a page gave to a setting and what can't be taken, once each, with what would fit. */
export function tellNotes(given: unknown): void {
  const parsed = parseSettings(given)
  for (const [name, value] of fieldsOf(given)) {
    try {
      const known = FITS.get(name)
      if (!known) {
        const meant = nearest(name)
        tell(`${name} is no setting${meant ? `; ${meant} is` : ''}`)
        continue
      }
      const { fits, limit } = known
      if (isAbsent(value)) continue
      if (!Object.hasOwn(parsed, name)) tell(`${name} is left out: it takes ${fits}`)
      else if (!isWithin(value, limit)) tell(`${name} can't be ${String(value)}: it takes ${fits}`)
      else if (typeof value === 'object' && value)
        for (const [field] of fieldsOf(value))
          if (!Array.isArray(value) && !Object.hasOwn(parsed[name as 'properties'] ?? {}, field))
            tell(`${name}.${field} is left out: ${name} takes ${fits}`)
    } catch {
      tell(`${name} can't be read`)
    }
  }
}

/** For a page that has Wootric's names and never says `run`. */
export function tellNotRun(): void {
  tell("nothing has started: under Wootric's names it does with wootric('run') or WootricSurvey.run()")
}
