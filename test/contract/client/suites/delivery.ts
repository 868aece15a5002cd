import { expect, onTestFinished, test } from 'vitest'
import { startLossyFront } from '../../../support/lossy-front.js'
import { CREDENTIALS, startApi } from '../../../support/start-api.js'
import { type ClientContext, createTestClient } from './client-context.js'

const response = { score: 9, origin_url: 'https://example.com' }

export function deliverySuite(context: ClientContext): void {
  test('an answer that gets lost on the way back costs no second record', async () => {
    const front = await startLossyFront(onTestFinished, context.url)
    const client = createTestClient(front.url, { retries: 3, random: () => 0 })
    const { id } = await context.newEndUser()
    const key = (n: number) => ({ idempotencyKey: `lost-${id}-${n}` })
    await client.responses.create(id, response, key(0))
    expect(client.idempotencyRetentionS).toBeGreaterThan(60 * 86_400)

    front.loseAnswers(3)
    const created = await client.responses.create(id, { ...response, score: 3 }, key(1))
    front.loseAnswers(2)
    await client.pageViews.create(id, {}, key(2))
    front.loseAnswers(1)
    await client.declines.create(id, {}, key(3))

    expect(front.arrived.filter(line => line === `POST /v1/end_users/${id}/responses`)).toHaveLength(5)
    expect((await client.responses.listOf(id).page()).map(one => one.score).sort()).toEqual([3, 9])
    expect(await client.responses.get(id, created?.id ?? 0)).toMatchObject({ score: 3 })
    expect(await client.pageViews.listOf(id).page()).toHaveLength(1)
    expect(await client.declines.listOf(id).page()).toHaveLength(1)
    expect((await client.endUsers.get(id)).page_views_count).toBe(1)
  })

  test('an end user whose creation got no answer is created once', async () => {
    const front = await startLossyFront(onTestFinished, context.url)
    const client = createTestClient(front.url, { random: () => 0 })
    await client.endUsers.create({ email: context.newEmail() }, { idempotencyKey: context.newEmail() })
    front.loseAnswers(1)
    const email = context.newEmail()
    const created = await client.endUsers.create(
      { email },
      { idempotencyKey: `create ${email}`.replace(' ', '-') },
    )
    expect((await client.endUsers.list({ email }).page()).map(({ id }) => id)).toEqual([created?.id])
  })

  test('without keys the same loss is an error, and the record is there once', async () => {
    const front = await startLossyFront(onTestFinished, context.url)
    const client = createTestClient(front.url, { random: () => 0 })
    const { id } = await context.newEndUser()
    await client.ready()
    front.loseAnswers(1)
    await expect(client.responses.create(id, response)).rejects.toMatchObject({ name: 'NetworkError' })
    expect(await client.responses.listOf(id).page()).toHaveLength(1)
  })

  test('an update and a delete whose answers get lost are repeated, and done once is done', async () => {
    const front = await startLossyFront(onTestFinished, context.url)
    const client = createTestClient(front.url, { random: () => 0 })
    const { id } = await context.newEndUser()
    await client.ready()
    front.loseAnswers(2)
    expect((await client.endUsers.update(id, { properties: { plan: 'pro' } }))?.properties.plan).toBe('pro')
    front.loseAnswers(1)
    expect(await client.endUsers.delete(id)).toBeUndefined()
    await expect(client.endUsers.get(id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('the same key for another request is a conflict', async () => {
    const { id } = await context.newEndUser()
    const { responses } = context.client
    const options = { idempotencyKey: `conflict-${id}` }
    await responses.create(id, response, options)
    await expect(responses.create(id, { ...response, score: 1 }, options)).rejects.toMatchObject({
      status: 409,
      code: 'conflict',
      apiErrors: [{ status: 'idempotency_key_reused' }],
    })
  })

  test('an API that ignores keys is known to, after the first', async () => {
    const { url } = await startApi(onTestFinished, { db: await context.createDatabase(), idempotency: false })
    const client = createTestClient(url)
    await client.endUsers.create({ email: 'a@example.com' })
    expect(client.idempotencyRetentionS).toBeUndefined()
    await client.endUsers.create({ email: 'b@example.com' }, { idempotencyKey: 'b' })
    expect(client.idempotencyRetentionS).toBe(0)
  })

  test('a limit is told with every answer, and its end with the refusal', async () => {
    const nowMs = Date.UTC(2030, 0, 1, 0, 0, 20)
    const db = await context.createDatabase()
    const { url } = await startApi(onTestFinished, { db, rateLimit: 3, now: () => nowMs })
    const client = createTestClient(url, { now: () => nowMs, retries: 0 })
    await client.endUsers.list().page()
    expect(client.rateLimit).toEqual({ limit: 3, remaining: 2, resetAtMs: nowMs + 40_000 })
    await client.endUsers.list().page()
    await client.endUsers.list().page()
    await expect(client.endUsers.list().page()).rejects.toMatchObject({
      status: 429,
      code: 'rate_limited',
      retryAfterMs: 40_000,
      rateLimit: { limit: 3, remaining: 0, resetAtMs: nowMs + 40_000 },
    })
  })

  test('a token that the API no longer takes is replaced, and nobody notices', async () => {
    let nowMs = Date.UTC(2030, 0, 1)
    const db = await context.createDatabase()
    const { url } = await startApi(onTestFinished, { db, now: () => nowMs })
    const front = await startLossyFront(onTestFinished, url)
    // The client's own clocks stand still: it holds its token for good.
    const client = createTestClient(front.url, { now: () => 0, monotonic: () => 0 })
    const created = await client.endUsers.create({ email: 'a@example.com' })
    nowMs += 3 * 3_600_000
    await Promise.all(Array.from({ length: 20 }, () => client.endUsers.get(created?.id ?? 0)))
    expect(front.arrived.filter(line => line === 'POST /oauth/token')).toHaveLength(2)
  })

  test('each of the three grants gets in', async () => {
    const { email, password } = CREDENTIALS
    const owner = createTestClient(context.url, { credentials: { username: email, password } })
    await owner.endUsers.list().page()

    const granted = await fetch(`${context.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: email, password }),
    })
    const { refresh_token: refreshToken } = (await granted.json()) as { refresh_token: string }
    let successor: string | undefined
    const refreshed = createTestClient(context.url, {
      credentials: {
        refreshToken,
        onRefreshToken: token => {
          successor = token
        },
      },
    })
    await refreshed.endUsers.list().page()
    expect(successor).toEqual(expect.any(String))
    expect(successor).not.toBe(refreshToken)
  })

  test('credentials that the API does not know are refused, by name', async () => {
    for (const credentials of [
      { clientId: CREDENTIALS.clientId, clientSecret: 'wrong' },
      { clientId: 'nobody', clientSecret: 'wrong' },
      { refreshToken: 'spent' },
    ]) {
      const error = await createTestClient(context.url, { credentials })
        .ready()
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'TokenError', code: 'token_refused' })
      expect((error as { oauthError: string }).oauthError).toMatch(/^invalid_(client|grant)$/)
    }
  })
}
