import { SignJWT } from 'jose'
import type { Act } from '../support/compare.js'
import { IDENTITY_SECRET } from '../support/start-proxy.js'
import { createSharedLock, type SharedLock } from './shared-lock.js'

/** Who shares the device; the last one is not logged in. */
export const PEOPLE = ['ann', 'ben', 'nobody'] as const
export type Person = (typeof PEOPLE)[number]

/** As `Act` has it: nobody has a random address of their own. */
export const EMAILS: Record<Person, string> = {
  ann: 'ann@example.com',
  ben: 'ben@example.com',
  nobody: '@anonymous.invalid',
}

/** The longest that the proxy takes: no run may be longer. */
const TOKEN_LIFE_S = 3_600

const tokenOf = (person: Person, lifeS: number) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(EMAILS[person])
    .setAudience('zeroten')
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1_000) + lifeS)
    .sign(new TextEncoder().encode(IDENTITY_SECRET))

export interface Tokens {
  valid: Record<Person, string>
  expired: Record<Person, string>
}

async function mintTokens(): Promise<Tokens> {
  const mint = async (lifeS: number) =>
    Object.fromEntries(
      await Promise.all(PEOPLE.map(async person => [person, await tokenOf(person, lifeS)])),
    ) as Record<Person, string>
  return { valid: await mint(TOKEN_LIFE_S), expired: await mint(-3_600) }
}

/** What the tabs of one browser share. */
export interface Device {
  /** Who is logged in: every page that is loaded from now on says so. A page that was there before may say otherwise. */
  person: Person
  tokens: Tokens
  /** What goes on in tabs is shared; a log-in, and whatever happens to the whole device, is alone. */
  lock: SharedLock
  /** The question comes in one tab at a time, so that it is known what an answer was an answer to. */
  isAsking: boolean
  /** How many log-outs there were: nobody's survey comes back after one, and its score counts after half an hour. */
  logOuts: number
  /** Scores that were chosen and not yet sent, by {@link draftKey}: the survey comes back with them. */
  drafts: Map<string, Extract<Act, { type: 'response' }>>
}

/** Whose survey it is, up to the next log-out. */
export const draftKey = ({ person, logOuts }: Device): string => `${person} ${logOuts}`

export const createDevice = async (): Promise<Device> => ({
  person: 'nobody',
  tokens: await mintTokens(),
  lock: createSharedLock(),
  isAsking: false,
  logOuts: 0,
  drafts: new Map(),
})

const EXPIRED = 'expired'

/** The path says who is here, so that a page and its act can't disagree. */
export const pathOf = (person: Person, place: string, isExpired = false) =>
  `/${person}/${isExpired ? EXPIRED : 'page'}/${place}`

/** The question may come only under `/{person}/ask/`. */
export const askingPathOf = (person: Person, place: string) => `/${person}/ask/${place}`

/** Attributes of the tag on a page. */
export const attributesOn =
  ({ tokens }: Device) =>
  (path: string): string => {
    const [, name, kind] = path.split('/')
    const person = PEOPLE.find(candidate => candidate === name) ?? 'nobody'
    const token = tokens[kind === EXPIRED ? 'expired' : 'valid'][person]
    return [
      'data-survey-immediately data-include-pages="/*/ask/*"',
      ...(person === 'nobody' ? [] : [`data-identity-token="${token}"`]),
    ].join(' ')
  }
