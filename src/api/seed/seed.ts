import { createHash } from 'node:crypto'
import { ZerotenError } from '../../http/zeroten-error.js'
import { emailKey, newEndUserRow } from '../storage/end-users.js'
import { createIds } from '../storage/ids.js'
import { finishMany, insertMany, prepareForMany } from '../storage/insert-many.js'
import { foldDeltas } from '../storage/report/hourly.js'
import { momentOf } from '../storage/report/moment.js'
import { propertyRows } from '../storage/report/property-rows.js'
import type { Db, Storage } from '../storage/storage.js'
import type {
  DeclineRow,
  DeclineSnapshotRow,
  EndUserRow,
  ImpressionRow,
  Moment,
  ResponseRow,
  ResponseSnapshotRow,
  SurveyColumns,
} from '../storage/tables.js'
import { makePerson, type Person } from './people.js'
import { createRandom, type Random } from './random.js'
import { writeText } from './texts.js'

const DAY_MS = 86_400_000
/** The history goes back so far. */
const DAYS = 540
/** People of one transaction. */
const CHUNK = 400

export interface SeedOptions {
  accountId: number
  /** How many responses to make. */
  responses: number
  /** The same number makes the same people and answers. */
  seed: number
  /** The history ends here, milliseconds since 1970. */
  nowMs: number
  /** Is told how many responses there are so far. */
  onProgress?: (responses: number) => void
}

interface Rows {
  endUsers: EndUserRow[]
  responses: ResponseRow[]
  responseSnapshots: ResponseSnapshotRow[]
  declines: DeclineRow[]
  declineSnapshots: DeclineSnapshotRow[]
  impressions: ImpressionRow[]
}

const noRows = (): Rows => ({
  endUsers: [],
  responses: [],
  responseSnapshots: [],
  declines: [],
  declineSnapshots: [],
  impressions: [],
})

/**
 * Fills an account with people and answers that look like those of a real one: growing, better on some plans than on others,
 * with a bad month and a recovery.
 *
 * @throws ZerotenError `seeded_already` where the account has the people of this seed
 */
export async function seedAccount(storage: Storage, options: SeedOptions): Promise<void> {
  const { accountId, responses, seed, nowMs, onProgress } = options
  await prepareForMany(storage)
  const random = createRandom(seed)
  const ids = createIds(storage)
  const endMs = Math.floor(nowMs / 60_000) * 60_000
  let made = 0
  for (let person = 0; made < responses; ) {
    const rows = noRows()
    for (let n = 0; n < CHUNK && made < responses; n++, person++) {
      const who = makePerson(random, `person-${seed}-${person}`)
      const answers = Math.min(responses - made, random.weighted(ANSWERS))
      await addHistory(rows, { ids, random, who, accountId, endMs, answers, name: `${seed}-${person}` })
      made += answers
    }
    await storage
      .write(db => insertRows(db, rows))
      .catch(cause => {
        if (!storage.isUniqueViolation(cause)) throw cause
        throw new ZerotenError('seeded_already', `the account has the people of seed ${seed} already`, {
          cause,
        })
      })
    await foldDeltas(storage)
    onProgress?.(made)
  }
  await ids.release()
  await finishMany(storage)
}

/** How many answers one person gives. */
const ANSWERS = [
  [0, 22],
  [1, 55],
  [2, 17],
  [3, 6],
] as const

async function insertRows(db: Db, rows: Rows): Promise<void> {
  await insertMany(db, 'end_users', rows.endUsers)
  await insertMany(db, 'responses', rows.responses)
  await insertMany(db, 'response_snapshots', rows.responseSnapshots)
  await insertMany(db, 'response_properties', rows.responseSnapshots.flatMap(propertyRows))
  await insertMany(db, 'declines', rows.declines)
  await insertMany(db, 'decline_snapshots', rows.declineSnapshots)
  await insertMany(db, 'impressions', rows.impressions)
}

interface History {
  ids: ReturnType<typeof createIds>
  random: Random
  who: Person
  accountId: number
  endMs: number
  answers: number
  name: string
}

const FORMS = [
  ['popover', 60],
  ['bar', 25],
  ['modal', 15],
] as const

const PAGES = ['/', '/plans', '/account', '/orders', '/help'] as const

/** One person with all that they did; each time they were asked is one impression. */
async function addHistory(rows: Rows, history: History): Promise<void> {
  const { ids, random, who, accountId, endMs, answers, name } = history
  const endUserId = await ids.next('end_users')
  const declines = random.weighted([
    [0, 60],
    [1, 30],
    [2, 10],
  ] as const)
  const ignored = random.weighted([
    [0, 35],
    [1, 35],
    [2, 20],
    [4, 10],
  ] as const)
  const outcomes: ImpressionRow['outcome'][] = [
    ...Array<'response'>(answers).fill('response'),
    ...Array<'decline'>(declines).fill('decline'),
    ...Array<''>(ignored).fill(''),
  ]
  const times: number[] = []
  for (const [index, outcome] of outcomes.entries()) {
    const shownMs = whenAsked(random, endMs)
    const moment = momentOf(
      {
        level: who.level,
        language: who.language,
        device: who.device,
        form: random.weighted(FORMS),
        channel: 'web',
        version: shownMs > endMs - 120 * DAY_MS ? '0.2.0' : '0.1.0',
        wording: '7d1f6c1a',
      },
      JSON.stringify(who.properties),
    )
    const unique_link = linkOf(name, index)
    const one = { unique_link, rows, ids, random, who, accountId, endUserId, endMs, shownMs, moment }
    if (outcome === 'response') times.push(await addResponse(one))
    if (outcome === 'decline') times.push(await addDecline(one))
    rows.impressions.push({
      account_id: accountId,
      id: await ids.next('impressions'),
      end_user_id: endUserId,
      outcome,
      created_ms: shownMs,
      updated_ms: Math.min(endMs, shownMs + 2_000),
      ...moment,
      unique_link,
    })
  }
  const createdMs = Math.min(...times, endMs) - Math.floor(random.next() * 200 * DAY_MS)
  rows.endUsers.push(endUserRow(history, endUserId, createdMs, times))
}

function endUserRow(
  { who, accountId, endMs }: History,
  id: number,
  createdMs: number,
  times: readonly number[],
): EndUserRow {
  return {
    ...newEndUserRow({ accountId, id, nowMs: createdMs }),
    email: who.email,
    email_key: emailKey(who.email),
    last_surveyed_s: times.length > 0 ? Math.floor(Math.max(...times) / 1_000) : null,
    external_created_at_s: Math.floor(createdMs / 1_000),
    properties: JSON.stringify(who.properties),
    updated_ms: Math.max(createdMs, ...times.filter(timeMs => timeMs <= endMs)),
  }
}

const linkOf = (name: string, index: number): string =>
  createHash('sha256').update(`${name}-${index}`).digest('base64url').slice(0, 22)

interface One {
  unique_link: string
  rows: Rows
  ids: ReturnType<typeof createIds>
  random: Random
  who: Person
  accountId: number
  endUserId: number
  endMs: number
  shownMs: number
  moment: Moment
}

const surveyOf = ({ moment: { language, channel }, unique_link }: One): SurveyColumns => ({
  language,
  channel,
  unique_link,
  priority: null,
  completed: 0,
  excluded: 0,
})

/** @returns when it was given */
async function addResponse(one: One): Promise<number> {
  const { rows, ids, random, who, accountId, endUserId, endMs, shownMs, moment } = one
  const createdMs = Math.min(endMs, shownMs + 4_000 + Math.floor(random.next() * 40_000))
  const receivedMs = Math.min(endMs, createdMs + lagMs(random))
  const score = scoreOf(random, who, (endMs - createdMs) / DAY_MS)
  const text = random.next() < 0.38 ? writeText(random, who.language, score) : null
  const id = await ids.next('responses')
  rows.responses.push({
    account_id: accountId,
    id,
    end_user_id: endUserId,
    score,
    text,
    ip_address: null,
    origin_url: `https://shop.example${random.pick(PAGES)}`,
    created_ms: createdMs,
    updated_ms: receivedMs,
    ...surveyOf(one),
  })
  rows.responseSnapshots.push({
    account_id: accountId,
    response_id: id,
    score,
    has_text: text === null ? 0 : 1,
    created_ms: createdMs,
    received_ms: receivedMs,
    ...moment,
  })
  return createdMs
}

/** @returns when it was given */
async function addDecline(one: One): Promise<number> {
  const { rows, ids, random, accountId, endUserId, endMs, shownMs, moment } = one
  const createdMs = Math.min(endMs, shownMs + 1_500 + Math.floor(random.next() * 6_000))
  const receivedMs = Math.min(endMs, createdMs + lagMs(random))
  const id = await ids.next('declines')
  rows.declines.push({
    account_id: accountId,
    id,
    end_user_id: endUserId,
    created_ms: createdMs,
    updated_ms: receivedMs,
    ip_address: null,
    origin_url: null,
    ...surveyOf(one),
  })
  rows.declineSnapshots.push({
    account_id: accountId,
    decline_id: id,
    created_ms: createdMs,
    received_ms: receivedMs,
    ...moment,
  })
  return createdMs
}

/** Mostly a second; some were offline, for hours or days. */
const lagMs = (random: Random): number =>
  random.next() < 0.9
    ? 300 + Math.floor(random.next() * 2_000)
    : Math.floor(60_000 * Math.exp(random.next() * 7.5))

/** More of late than long ago, on weekdays and by day. */
function whenAsked(random: Random, endMs: number): number {
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
function scoreOf(random: Random, { mood }: Person, daysAgo: number): number {
  const trend = 0.6 - (daysAgo / DAYS) * 1.1
  const incident = daysAgo > 120 && daysAgo < 165 ? -1.7 : 0
  // The sum of uniforms is near enough to a bell.
  const noise = (random.next() + random.next() + random.next() - 1.5) * 4.4
  return Math.min(10, Math.max(0, Math.round(8 + mood + trend + incident + noise)))
}
