import { createHmac } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createClient, verifyWebhook } from '../../../src/client/index.js'
import type { EndUser, ResponseRecord } from '../../../src/wire/v1.js'
import type { WebhookMessage, WebhookTest, WebhookWithSecret } from '../../../src/wire/webhook.js'
import type { Caller } from '../../support/api-caller.js'
import { cleanUpAfterAll } from '../../support/clean-up-after-all.js'
import { ENGINES } from '../../support/engines.js'
import { createCheckedFetch } from '../../support/openapi-check.js'
import { CREDENTIALS, callerOf, type RunningApi, startApi } from '../../support/start-api.js'
import { type ReceivedMessage, startWebhookReceiver } from '../../support/webhook-receiver.js'

const ORIGIN = { origin_url: 'https://shop.example/thanks' }

const messageOf = ({ body }: ReceivedMessage) => JSON.parse(body) as WebhookMessage

const verifiedBy = (secret: string, { body, headers }: ReceivedMessage): unknown =>
  new StandardWebhook(secret).verify(body, headers as Record<string, string>)

describe.each(ENGINES)('webhooks on $name', ({ start }) => {
  const cleanUp = cleanUpAfterAll()
  let running: RunningApi
  let caller: Caller

  beforeAll(async () => {
    const db = await (await start(cleanUp)).createDatabase()
    running = await startApi(cleanUp, { db, allowPrivateWebhooks: true })
    caller = await callerOf(running, undefined, await createCheckedFetch(running.url))
  })

  /** A receiver with a webhook, which ends with the test. */
  async function newWebhook(parameters: object = {}) {
    const receiver = await startWebhookReceiver(onTestFinished)
    const { status, body } = await caller.post<WebhookWithSecret>('/v1/webhooks', {
      url: receiver.url,
      ...parameters,
    })
    expect(status).toBe(201)
    onTestFinished(async () => void (await caller.delete(`/v1/webhooks/${body.id}`)))
    return { receiver, webhook: body }
  }

  const respond = async (endUser: EndUser, fields: object) =>
    (await caller.post<ResponseRecord>(`/v1/end_users/${endUser.id}/responses`, { ...ORIGIN, ...fields }))
      .body

  test('are told of responses, declines and opt-outs, each signed', async () => {
    const { receiver, webhook } = await newWebhook({ on: 'response,decline,opt_out' })
    const ada = await caller.newEndUser({ properties: { plan: 'pro' } })
    const { id } = await respond(ada, { score: 3, text: 'Too slow' })
    await caller.post(`/v1/end_users/${ada.id}/declines`, ORIGIN)
    await caller.put(`/v1/end_users/${ada.id}`, { properties: { zeroten_opt_out: true } })
    await caller.put(`/v1/end_users/${ada.id}`, { properties: { zeroten_opt_out: true } })
    await expect.poll(() => receiver.received.length).toBe(3)

    for (const message of receiver.received) {
      expect(verifiedBy(webhook.secret, message)).toEqual(messageOf(message))
      await verifyWebhook({ headers: message.headers, body: message.body, secret: webhook.secret })
    }
    const [response, decline, optOut] = receiver.received.map(messageOf)
    expect(response).toMatchObject({
      type: 'response.created',
      data: {
        response: { id, score: 3, class: 'detractor', text: 'Too slow', ...ORIGIN },
        end_user: { id: ada.id, email: ada.email, properties: { plan: 'pro' } },
      },
    })
    expect(decline?.type).toBe('decline.created')
    expect(optOut).toMatchObject({ type: 'opt_out.created', data: { end_user: { id: ada.id } } })
    expect(new Set(receiver.received.map(message => message.id)).size).toBe(3)
  })

  test('with a class are told of its responses alone', async () => {
    const { receiver } = await newWebhook({ class: 'detractor' })
    const bob = await caller.newEndUser()
    for (const score of [9, 7, 6, 10, 0]) await respond(bob, { score })
    await expect.poll(() => receiver.received.length).toBe(2)
    const scores = receiver.received
      .map(messageOf)
      .map(({ data }) => 'response' in data && data.response.score)
    expect(scores).toEqual([6, 0])
  })

  test('are told again of a response that its survey has completed', async () => {
    const { receiver } = await newWebhook()
    const eve = await caller.newEndUser()
    const survey = { unique_link: 'survey-1' }
    await respond(eve, { score: 8, survey, priority: 0 })
    await respond(eve, { score: 8, text: 'Fine', survey, priority: 1 })
    await respond(eve, { score: 8, text: 'Fine', survey, priority: 2 })
    await expect
      .poll(() => receiver.received.map(messageOf).map(({ type }) => type))
      .toEqual(['response.created', 'response.updated'])
  })

  test('are told nothing of what was refused', async () => {
    const { receiver } = await newWebhook()
    const max = await caller.newEndUser()
    expect((await caller.post('/v1/end_users/999999999/responses', { score: 1, ...ORIGIN })).status).toBe(404)
    expect((await caller.post(`/v1/end_users/${max.id}/responses`, { score: 11, ...ORIGIN })).status).toBe(
      400,
    )
    const { id } = await respond(max, { score: 5 })
    await expect.poll(() => receiver.received.length).toBe(1)
    expect(messageOf(receiver.received[0] as ReceivedMessage).data).toMatchObject({ response: { id } })
  })

  test('of Wootric’s format are signed as Wootric signs', async () => {
    const { receiver, webhook } = await newWebhook({ format: 'wootric', on: 'response,decline' })
    const kim = await caller.newEndUser({ properties: { plan: 'pro' } })
    await respond(kim, { score: 10, text: 'Great' })
    await expect.poll(() => receiver.received.length).toBe(1)
    const { headers, body } = receiver.received[0] as ReceivedMessage
    const digest = createHmac('sha1', webhook.secret).update(body).digest('hex')
    expect(headers['x-wootric-signature']).toBe(`sha1=${digest}`)
    expect(JSON.parse(body)).toMatchObject({
      event_name: 'created',
      response: { score: 10, text: 'Great', email: kim.email, end_user_properties: { plan: 'pro' } },
    })
    await verifyWebhook({ headers, body, secret: ['another', webhook.secret] })
  })

  test('of Slack’s format are blocks of plain text', async () => {
    const { receiver } = await newWebhook({ format: 'slack' })
    const liv = await caller.newEndUser()
    await respond(liv, { score: 2, text: '<!channel> & <https://x.example|here>' })
    await expect.poll(() => receiver.received.length).toBe(1)
    const { text, blocks } = JSON.parse(receiver.received[0]?.body ?? '')
    expect(text).toBe(`2 of 10 (detractor) from ${liv.email}`)
    expect(blocks.map((block: { text: object }) => block.text)).toEqual([
      { type: 'plain_text', text, emoji: false },
      { type: 'plain_text', text: '<!channel> & <https://x.example|here>', emoji: false },
      { type: 'plain_text', text: ORIGIN.origin_url, emoji: false },
    ])
  })

  test('sign by two secrets after a rotation', async () => {
    const { receiver, webhook } = await newWebhook()
    const { body } = await caller.post<WebhookWithSecret>(`/v1/webhooks/${webhook.id}/rotate`)
    expect(body.secret).not.toBe(webhook.secret)
    await respond(await caller.newEndUser(), { score: 4 })
    await expect.poll(() => receiver.received.length).toBe(1)
    const [message] = receiver.received as [ReceivedMessage]
    for (const secret of [webhook.secret, body.secret])
      expect(verifiedBy(secret, message)).toEqual(messageOf(message))
  })

  test('end where their server answers 410, and go on after a test that arrives', async () => {
    const { receiver, webhook } = await newWebhook()
    const path = `/v1/webhooks/${webhook.id}`
    receiver.answer = () => 410
    await respond(await caller.newEndUser(), { score: 4 })
    await expect
      .poll(async () => (await caller.get(path)).body)
      .toMatchObject({ state: 'gone', last_status: 410 })
    expect(await running.api.metrics()).toContain('zeroten_api_webhooks{state="gone"} 1')
    const failed = await caller.post<WebhookTest>(`${path}/test`)
    expect(failed.body).toEqual({ delivered: false, status: 410, reason: 'the receiver answered 410' })

    receiver.answer = () => 204
    expect((await caller.post<WebhookTest>(`${path}/test`)).body).toMatchObject({
      delivered: true,
      status: 204,
    })
    await expect
      .poll(async () => (await caller.get(path)).body)
      .toMatchObject({ state: 'active', waiting: 0 })
  })

  test('do not follow redirects', async () => {
    const elsewhere = await startWebhookReceiver(onTestFinished)
    const { receiver, webhook } = await newWebhook()
    receiver.answer = () => response => response.writeHead(307, { location: elsewhere.url }).end()
    const { body } = await caller.post<WebhookTest>(`/v1/webhooks/${webhook.id}/test`)
    expect(body).toMatchObject({ delivered: false, status: 307 })
    expect(elsewhere.received).toEqual([])
  })

  test('are told within two seconds, 95 times of 100', async () => {
    const { receiver } = await newWebhook()
    const users = await Promise.all(Array.from({ length: 20 }, () => caller.newEndUser()))
    const committedMs = new Map<number, number>()
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        users.map(async user => void committedMs.set((await respond(user, { score: round })).id, Date.now())),
      )
      await expect.poll(() => receiver.received.length, { interval: 10 }).toBe(20 * (round + 1))
    }
    const waits = receiver.received
      .map(message => {
        const { data } = messageOf(message)
        return message.atMs - (committedMs.get('response' in data ? data.response.id : 0) ?? 0)
      })
      .sort((a, b) => a - b)
    expect(waits[190]).toBeLessThanOrEqual(2_000)
  })

  test('are made, tested, rotated and deleted by the client', async () => {
    const { url } = await startWebhookReceiver(onTestFinished)
    const { webhooks } = createClient({ baseUrl: running.url, credentials: CREDENTIALS })
    const made = await webhooks.create({ url, on: 'decline,response', class: 'passive', format: 'slack' })
    const { secret, former_until, ...rest } = made
    expect(rest).toMatchObject({ url, on: ['response', 'decline'], class: 'passive', format: 'slack' })
    expect(await webhooks.get(made.id)).toEqual(rest)
    expect(await webhooks.test(made.id)).toEqual({ delivered: true, status: 204, reason: null })
    const rotated = await webhooks.rotate(made.id)
    expect(rotated.secret).not.toBe(secret)
    expect([former_until, typeof rotated.former_until]).toEqual([null, 'string'])
    expect((await webhooks.list()).map(({ id }) => id)).toContain(made.id)
    await webhooks.delete(made.id)
    await expect(webhooks.get(made.id)).rejects.toMatchObject({ status: 404 })
    await expect(webhooks.create({ url: 'ftp://x.example' })).rejects.toMatchObject({ status: 400 })
  })

  test('are another account’s to nobody', async () => {
    const { webhook } = await newWebhook()
    const other = await callerOf(running, await running.api.accounts.add())
    expect((await other.get('/v1/webhooks')).body).toEqual([])
    expect((await other.get(`/v1/webhooks/${webhook.id}`)).status).toBe(404)
    expect((await other.post(`/v1/webhooks/${webhook.id}/test`)).status).toBe(404)
    expect((await other.delete(`/v1/webhooks/${webhook.id}`)).status).toBe(404)
  })
})
