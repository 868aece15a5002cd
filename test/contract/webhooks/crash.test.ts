import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { WebhookMessage, WebhookWithSecret } from '../../../src/wire/webhook.js'
import type { Caller } from '../../support/api-caller.js'
import { bundleApi, startApiProcess } from '../../support/api-process.js'
import { callerOf } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { startWebhookReceiver } from '../../support/webhook-receiver.js'

const ROUNDS = 20
const WRITERS = 4

const MAIN = `
import { createApi, serveApi } from './src/api/index.ts'
const { db, account } = JSON.parse(process.argv[2])
const api = await createApi({ db, account, allowPrivateWebhooks: true })
const { url } = await serveApi(api, { port: 0 })
console.log(JSON.stringify({ url, created: api.firstAccount !== undefined }))
`

/** Creates responses, one after the other, until the API is gone. @returns the ids that were acknowledged */
async function respondUntilGone(caller: Caller, endUserId: number): Promise<number[]> {
  const acknowledged: number[] = []
  for (;;) {
    const fields = { score: acknowledged.length % 11, origin_url: 'https://shop.example' }
    const answer = await caller
      .post<{ id: number }>(`/v1/end_users/${endUserId}/responses`, fields)
      .catch(() => undefined)
    if (answer?.status !== 201) return acknowledged
    acknowledged.push(answer.body.id)
  }
}

test(`an API that is killed ${ROUNDS} times tells of every response that it acknowledged`, {
  timeout: 180_000,
}, async () => {
  const file = await bundleApi(MAIN)
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const db = join(folder.path, 'api.db')
  const receiver = await startWebhookReceiver(onTestFinished)
  const acknowledged = new Set<number>()
  let endUserId = 0

  for (let round = 0; round < ROUNDS; round++) {
    const api = await startApiProcess(file, db, onTestFinished)
    const caller = await callerOf(api)
    if (round === 0) {
      const { status } = await caller.post<WebhookWithSecret>('/v1/webhooks', { url: receiver.url })
      expect(status).toBe(201)
      endUserId = (await caller.newEndUser()).id
    }
    const writers = Array.from({ length: WRITERS }, () => respondUntilGone(caller, endUserId))
    // Killed at a moment that differs from round to round, always with some told and some not.
    for (let n = 0; n <= round % 7; n++) await caller.get('/v1/webhooks')
    await api.kill()
    for (const ids of await Promise.all(writers)) for (const id of ids) acknowledged.add(id)
  }

  const caller = await callerOf(await startApiProcess(file, db, onTestFinished))
  await expect
    .poll(async () => (await caller.get<object[]>('/v1/webhooks')).body[0])
    .toMatchObject({ waiting: 0 })
  const told = receiver.received.map(({ id, body }) => {
    const { data } = JSON.parse(body) as WebhookMessage
    return { id, responseId: 'response' in data ? data.response.id : 0 }
  })
  const toldIds = new Set(told.map(({ responseId }) => responseId))
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
  expect([...acknowledged].filter(id => !toldIds.has(id))).toEqual([])
  expect(new Set(told.map(({ id, responseId }) => `${id} ${responseId}`)).size).toBe(toldIds.size)
})
