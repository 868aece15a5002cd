import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { BatchAnswer, DeliveryEvent } from '../../src/wire/delivery.js'
import { MAX_BATCH_EVENTS } from '../../src/wire/delivery.js'
import type { EndUser, PageView, ResponseRecord } from '../../src/wire/v1.js'
import type { Caller } from './api-caller.js'
import { batchOf, pageView, response } from './events.js'
import type { CleanUp } from './start-api.js'

/** What a page does between two views, so that a machine of two cores has time for the servers too. */
const PACE_MS = 20
/** Instead of the widget's two seconds. */
const BACKOFF_MS = 50

/** Of the first visitor; the second has twice as many, and so on. */
const VIEWS_BEFORE_ANSWER = 5

export interface LoadOptions {
  /** Where each proxy is; batches go to one after the other, as a balancer sends them. */
  bases: () => string[]
  /** The identity token that the host gives a visitor's page now. */
  tokenOf: (email: string) => Promise<string>
  /** How many are anonymous, and how many have a token. */
  visitors: { anonymous: number; identified: number }
}

/** One device, which keeps what is not named as finished, and sends it again, as the widget does. */
interface Device {
  email: string
  /** While it is offline it records with the ticket that it has, and sends nothing. */
  isOnline: boolean
  waiting: DeliveryEvent[]
  /** Requests since it came here that were answered in full. */
  answered: number
  urls: string[]
  texts: string[]
}

export interface Load {
  devices: readonly Device[]
  /** What should not have happened, in words; a network that fails, and an API that is away, may. */
  complaints: string[]
  /** Until each device that is online has been answered several more times. */
  goesOn(): Promise<void>
  /** Until everybody has answered; then nothing more is recorded, until everything that waits has been delivered. */
  finish(): Promise<void>
}

/** Many visitors at once, each of whom views pages without a pause, and answers when asked. */
export function startLoad(cleanUp: CleanUp, { bases, tokenOf, visitors }: LoadOptions): Load {
  const complaints: string[] = []
  let isRecording = true
  let isOver = false
  let turn = 0

  async function post(batch: object): Promise<{ answer?: BatchAnswer; waitMs: number }> {
    const all = bases()
    const base = all[turn++ % all.length]
    try {
      const reply = await fetch(`${base}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(batch),
      })
      const body = await reply.json()
      if (reply.ok) return { answer: body, waitMs: PACE_MS }
      if (reply.status !== 503) complaints.push(`status ${reply.status}: ${JSON.stringify(body)}`)
      return { waitMs: Number(reply.headers.get('retry-after') ?? 0) * 1_000 + BACKOFF_MS }
    } catch {
      return { waitMs: BACKOFF_MS }
    }
  }

  function start(number: number, isIdentified: boolean): { device: Device; run: Promise<void> } {
    const anonymous_id = randomUUID()
    const email = isIdentified ? `visitor-${number}@example.com` : `${anonymous_id}@anonymous.invalid`
    const device: Device = { email, isOnline: true, waiting: [], answered: 0, urls: [], texts: [] }
    let ticket: string | undefined
    let invitation: string | undefined

    function record(): void {
      const url = `https://shop.example/${number}/${device.urls.length}`
      device.urls.push(url)
      device.waiting.push(pageView({ url, ticket }))
      // Visitors answer one after the other; those who are offline use an invitation from before the rotation.
      if (!invitation || device.texts.length > 0) return
      if (device.isOnline && device.urls.length < VIEWS_BEFORE_ANSWER * (number + 1)) return
      const text = `of ${number}`
      device.texts.push(text)
      device.waiting.push(response({ text, ticket: invitation }))
    }

    function take(
      { results, identity_problem, verdict, ...answer }: BatchAnswer,
      sent: DeliveryEvent[],
    ): number {
      if (identity_problem) complaints.push(`${email}: ${identity_problem}`)
      ticket = answer.ticket ?? ticket
      invitation ??= verdict?.ticket
      let isRefused = false
      const finished = new Set<string>()
      for (const { id, type } of sent) {
        const result = results[id]
        if (result?.status === 'done' || result?.status === 'duplicate') finished.add(id)
        else if (result?.status === 'retry' && result.reason === 'upstream') isRefused = true
        else complaints.push(`${type} of ${email}: ${JSON.stringify(result)}`)
      }
      device.waiting = device.waiting.filter(({ id }) => !finished.has(id))
      if (!isRefused) device.answered++
      return isRefused ? BACKOFF_MS + (answer.retry_after_s ?? 0) * 1_000 : PACE_MS
    }

    async function run(): Promise<void> {
      while (!isOver) {
        if (isRecording && (device.isOnline || device.waiting.length < MAX_BATCH_EVENTS)) record()
        if (!device.isOnline) {
          await setTimeout(PACE_MS)
          continue
        }
        const events = device.waiting.slice(0, MAX_BATCH_EVENTS)
        const token = isIdentified ? await tokenOf(email) : undefined
        const { answer, waitMs } = await post(batchOf({ events, identity: { anonymous_id, token }, ask: {} }))
        await setTimeout(answer ? take(answer, events) : waitMs)
        for (const event of device.waiting) if (events.includes(event)) event.tried = true
      }
    }
    return { device, run: run() }
  }

  const all = Array.from({ length: visitors.anonymous + visitors.identified }, (_, number) =>
    start(number, number >= visitors.anonymous),
  )
  const devices = all.map(({ device }) => device)
  const stop = async () => {
    isOver = true
    await Promise.all(all.map(({ run }) => run))
  }
  cleanUp(stop)
  const patient = { timeout: 60_000, interval: 50 }

  return {
    devices,
    complaints,
    async goesOn() {
      const online = devices
        .filter(({ isOnline }) => isOnline)
        .map(device => ({ device, since: device.answered }))
      // Of three requests that were begun since, each proxy of two had one.
      await vi.waitFor(() => {
        for (const { device, since } of online) expect(device.answered).toBeGreaterThan(since + 3)
      }, patient)
    },
    async finish() {
      await vi.waitFor(() => {
        for (const { texts } of devices) expect(texts).toHaveLength(1)
      }, patient)
      isRecording = false
      for (const device of devices) device.isOnline = true
      await vi.waitFor(() => expect(devices.flatMap(({ waiting }) => waiting)).toEqual([]), patient)
      await stop()
    },
  }
}

/** What the API holds of the end users of these e-mails: their pages' addresses and their answers' texts, sorted. */
export async function recordsByEmail(caller: Caller) {
  const list = async <T>(path: string): Promise<T[]> => {
    const found: T[] = []
    for (let page = 1; ; page++) {
      const { status, body } = await caller.get<T[]>(`${path}?per_page=50&page=${page}`)
      if (status !== 200) throw new Error(`the API answered ${status} to ${path}`)
      found.push(...body)
      if (body.length < 50) return found
    }
  }
  const records = new Map<string, { urls: string[]; texts: string[] }>()
  for (const { id, email } of await list<EndUser>('/v1/end_users')) {
    if (email === null || records.has(email)) throw new Error('an end user is there twice')
    const views = await list<PageView>(`/v1/end_users/${id}/page_views`)
    const responses = await list<ResponseRecord>(`/v1/end_users/${id}/responses`)
    records.set(email, {
      urls: views.map(({ url }) => String(url)).sort(),
      texts: responses.map(({ text }) => String(text)),
    })
  }
  return records
}
