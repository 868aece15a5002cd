import { createHash } from 'node:crypto'
import { emailKey } from '../../domain/email-key.js'
import { DAY_MS } from '../../domain/retention.js'
import { newEndUserRow } from '../storage/end-users.js'
import type { createIds } from '../storage/ids.js'
import { momentOf } from '../storage/report/moment.js'
import type { EndUserRow, ImpressionRow, Moment, SurveyColumns } from '../storage/tables.js'
import { lagMs, scoreOf, whenAsked } from './chances.js'
import type { Person } from './people.js'
import type { Random } from './random.js'
import type { Rows } from './rows.js'
import { writeText } from './texts.js'

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
export async function addHistory(rows: Rows, history: History): Promise<void> {
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
