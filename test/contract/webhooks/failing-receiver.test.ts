import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRandom } from '../../../src/api/seed/random.js'
import { openStorage } from '../../../src/api/storage/open-storage.js'
import { createWebhookSender } from '../../../src/api/webhooks/create-sender.js'
import { silentLogger } from '../../../src/runtime/logger.js'
import type { WebhookMessage, WebhookWithSecret } from '../../../src/wire/webhook.js'
import type { Caller } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { callerOf, startApi } from '../../support/start-api.js'
import { startWebhookReceiver } from '../../support/webhook-receiver.js'

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

describe.each(ENGINES)('the sender on $name', ({ start }) => {
  const cleanUp = cleanUpAfterAll()
  let db: string
  let caller: Caller

  beforeAll(async () => {
    db = await (await start(cleanUp)).createDatabase()
    const running = await startApi(cleanUp, { db, allowPrivateWebhooks: true, sendWebhooks: false })
    caller = await callerOf(running)
  })

  /** A sender beside the API, which retries at once. */
  async function startSender(schedule: readonly number[]) {
    const storage = await openStorage({ db, now: Date.now })
    const outcomes: string[] = []
    const sender = createWebhookSender({
      storage,
      now: Date.now,
      logger: silentLogger,
      allowPrivate: true,
      schedule,
      onAttempt: outcome => outcomes.push(outcome),
    })
    onTestFinished(async () => {
      await sender.stop()
      await storage.close()
    })
    return { sender, outcomes }
  }

  async function newWebhook() {
    const receiver = await startWebhookReceiver(onTestFinished)
    const { body } = await caller.post<WebhookWithSecret>('/v1/webhooks', { url: receiver.url })
    onTestFinished(async () => void (await caller.delete(`/v1/webhooks/${body.id}`)))
    return { receiver, path: `/v1/webhooks/${body.id}` }
  }

  async function respond(times: number): Promise<number[]> {
    const { id } = await caller.newEndUser()
    const ids: number[] = []
    for (let n = 0; n < times; n++) {
      const fields = { score: n % 11, origin_url: 'https://shop.example' }
      ids.push((await caller.post<{ id: number }>(`/v1/end_users/${id}/responses`, fields)).body.id)
    }
    return ids
  }

  const idOf = (body: string): number => {
    const { data } = JSON.parse(body) as WebhookMessage
    return 'response' in data ? data.response.id : 0
  }

  test(`loses nothing and keeps the order beside a receiver that fails at random (SEED=${SEED})`, async () => {
    const { next: random } = createRandom(SEED)
    const { receiver } = await newWebhook()
    // Below the failures that let others pass, a failed message holds up those behind it.
    let failed = 0
    receiver.answer = () => {
      if (failed < 4 && random() < 0.4) {
        failed++
        return random() < 0.5 ? 500 : response => response.destroy()
      }
      failed = 0
      return 204
    }
    const expected = await respond(40)
    await startSender(Array.from({ length: 18 }, () => 1))
    await expect.poll(() => receiver.accepted().length).toBe(40)
    expect(receiver.accepted().map(({ body }) => idOf(body))).toEqual(expected)
    const messageIds = new Set(receiver.received.map(({ id, body }) => `${idOf(body)} ${id}`))
    expect(messageIds.size).toBe(40)
    expect(receiver.received.length).toBeGreaterThan(40)
  })

  test('lets others pass a message that its receiver never takes', async () => {
    const { receiver, path } = await newWebhook()
    const [poison, ...others] = await respond(4)
    receiver.answer = ({ body }) => (idOf(body) === poison ? 500 : 204)
    // After five failures the others need not wait for its sixth attempt.
    await startSender([1, 1, 1, 1, 600_000])
    await expect.poll(() => receiver.accepted().map(({ body }) => idOf(body))).toEqual(others)
    await expect
      .poll(async () => (await caller.get(path)).body)
      .toMatchObject({ state: 'active', waiting: 1 })
    expect(receiver.received.filter(({ body }) => idOf(body) === poison)).toHaveLength(5)
  })

  test('calls a webhook dead that has taken nothing for as long as messages are tried', async () => {
    const { receiver, path } = await newWebhook()
    receiver.answer = () => 503
    await respond(2)
    await startSender([1, 1])
    await expect
      .poll(async () => (await caller.get(path)).body)
      .toMatchObject({ state: 'dead', last_status: 503 })
    expect(receiver.received).toHaveLength(3)
  })

  test('sends from two processes without sending twice', async () => {
    const { receiver } = await newWebhook()
    const expected = await respond(5)
    const senders = await Promise.all([startSender([1]), startSender([1])])
    expected.push(...(await respond(15)))
    for (const { sender } of senders) sender.wake()
    await expect.poll(() => receiver.received.length).toBe(20)
    expect(receiver.received.map(({ body }) => idOf(body))).toEqual(expected)
  })

  test('stops with what is being sent, and leaves the rest to the next', async () => {
    const { receiver } = await newWebhook()
    const ids = await respond(3)
    let release: (() => void) | undefined
    receiver.answer = () => response => {
      release = () => response.writeHead(204).end()
    }
    const first = await startSender([1])
    await expect.poll(() => receiver.received.length).toBe(1)
    const stopped = first.sender.stop()
    release?.()
    await stopped
    receiver.answer = () => 204
    await startSender([1])
    await expect.poll(() => receiver.received.length).toBe(3)
    expect(receiver.received.map(({ body }) => idOf(body))).toEqual(ids)
  })
})
