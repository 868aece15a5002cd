import type { IdentityLevel } from '../../wire/report.js'
import type { Random } from './random.js'

/** Somebody who may be asked. */
export interface Person {
  email: string
  level: IdentityLevel
  language: string
  device: string
  properties: { plan: string; country: string; team_size: string }
  /** How much happier than others they are, in points of a score. */
  mood: number
}

const PLANS = [
  ['starter', 45],
  ['team', 30],
  ['business', 18],
  ['enterprise', 7],
] as const
const MOODS: Readonly<Record<string, number>> = { starter: -0.9, team: 0.3, business: 0.7, enterprise: -0.2 }

/** Country, its language, and how often. */
const COUNTRIES = [
  [['US', 'en'], 34],
  [['DE', 'de'], 18],
  [['GB', 'en'], 14],
  [['FR', 'fr'], 12],
  [['JP', 'ja'], 9],
  [['EG', 'ar'], 6],
  [['IN', 'en'], 7],
] as const

/** A person, the same for the same random numbers. */
export function makePerson(random: Random, name: string): Person {
  const plan = random.weighted(PLANS)
  const [country, language] = random.weighted<readonly [string, string]>(COUNTRIES)
  const level = random.weighted([
    ['proven', 68],
    ['claimed', 14],
    ['anonymous', 18],
  ] as const)
  return {
    email: level === 'anonymous' ? `${name}@anonymous.invalid` : `${name}@example.com`,
    level,
    language,
    device: random.weighted([
      ['desktop', 58],
      ['phone', 36],
      ['tablet', 6],
    ] as const),
    properties: {
      plan,
      country,
      team_size: random.weighted([
        ['1', 30],
        ['2–10', 40],
        ['11–50', 20],
        ['51+', 10],
      ] as const),
    },
    mood: (MOODS[plan] ?? 0) + (random.next() - 0.5) * 2,
  }
}
