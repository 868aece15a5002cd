import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TokenErrorAnswer } from '../../../src/wire/v1.js'
import { postToken } from '../../support/api-caller.js'
import { CREDENTIALS, startApi } from '../../support/start-api.js'

const { email: username, password } = CREDENTIALS
const RIGHT = { grant_type: 'password', username, password }
const WRONG = { ...RIGHT, password: 'a guess of somebody else' }

/** A log-in from an address, as a reverse proxy on this machine tells it. */
const from = (url: string, address: string, fields: Record<string, string>) =>
  postToken<TokenErrorAnswer>(url, fields, (input, init) =>
    fetch(input, { ...init, headers: { 'x-forwarded-for': address } }),
  )

/** Its clock stands still: an allowance that came back on a busy machine would be counted as one that was not kept. */
const still = Date.now()

const startBehindProxy = (options: Parameters<typeof startApi>[1] = {}) =>
  startApi(onTestFinished, { trustProxy: ['127.0.0.0/8'], now: () => still, ...options })

describe('guesses of passwords', () => {
  // Eleven passwords are hashed, which takes a busy machine its time.
  test('many from one address are refused after ten, and the owner logs in meanwhile', {
    timeout: 180_000,
  }, async () => {
    const { api, url } = await startBehindProxy()
    const guesses = Promise.all(Array.from({ length: 34 }, () => from(url, '203.0.113.9', WRONG)))
    const owner = await from(url, '198.51.100.7', RIGHT)
    expect(owner.status).toBe(200)
    const answers = await guesses
    const count = (status: number) => answers.filter(answer => answer.status === status).length
    expect([count(400), count(429), answers.length]).toEqual([10, 24, 34])
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body.error).toBe('too_many_attempts')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await api.metrics()).toContain(
      'zeroten_api_refusals_total{status="429",reason="too_many_attempts"} 24',
    )
  })

  test('client credentials go on while passwords are guessed, and are limited by themselves', async () => {
    const { url } = await startBehindProxy()
    const client = {
      grant_type: 'client_credentials',
      client_id: CREDENTIALS.clientId,
      client_secret: CREDENTIALS.clientSecret,
    }
    const guesses = Promise.all(Array.from({ length: 4 }, () => from(url, '203.0.113.9', WRONG)))
    expect((await from(url, '198.51.100.7', client)).status).toBe(200)
    await guesses
    const wrong = { ...client, client_secret: 'x' }
    const answers = await Promise.all(Array.from({ length: 12 }, () => from(url, '203.0.113.8', wrong)))
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2)
    expect((await from(url, '198.51.100.7', client)).status).toBe(200)
  })

  test('a header counts only from a trusted proxy, and IPv6 by its network', async () => {
    const wrong = { grant_type: 'client_credentials', client_id: 'x', client_secret: 'a guess' }
    const refusedOf = async (url: string, addressOf: (n: number) => string) => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, n) => from(url, addressOf(n), { ...wrong, client_id: `client-${n}` })),
      )
      return answers.filter(({ status }) => status === 429).length
    }
    const direct = await startApi(onTestFinished, { now: () => still })
    expect(await refusedOf(direct.url, n => `203.0.113.${n}`)).toBe(2)
    const { url } = await startBehindProxy()
    expect(await refusedOf(url, n => `203.0.113.${n}`)).toBe(0)
    expect(await refusedOf(url, n => `2001:db8:1:2::${n + 1}`)).toBe(2)
  })

  test('a refusal is one line of the log, with its reason and without a secret', async () => {
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: line => void lines.push(line) })
    const { url } = await startBehindProxy({ logger })
    await from(url, '203.0.113.9', WRONG)
    await postToken(url, { grant_type: 'client_credentials', client_id: 'x', client_secret: 'SECRET' })
    await fetch(`${url}/v1/end_users`)
    expect(
      lines.map(line => JSON.parse(line)).map(({ status, reason, route }) => [status, reason, route]),
    ).toEqual([
      [400, 'invalid_grant', '/oauth/token'],
      [401, 'invalid_client', '/oauth/token'],
      [401, 'unauthorized', '/v1/end_users'],
    ])
    for (const word of ['SECRET', WRONG.password, username, '203.0.113.9'])
      expect(lines.join()).not.toContain(word)
  })

  test.each([
    'client_secret=SECRET&client_id=x&grant_type=client_credentials',
    'username=a@example.com&password=SECRET&grant_type=password',
    'refresh_token=SECRET',
  ])('credentials in the query are refused with the reason: %s', async query => {
    const { url } = await startApi(onTestFinished)
    const response = await fetch(`${url}/oauth/token?${query}`, {
      method: 'POST',
      body: new URLSearchParams(RIGHT),
    })
    const body = (await response.json()) as TokenErrorAnswer
    expect([response.status, body.error]).toEqual([400, 'invalid_request'])
    expect(body.error_description).toMatch(/must be sent in the body.+logs/)
    expect(JSON.stringify(body)).not.toContain('SECRET')
  })

  test('a query that holds no credentials changes nothing', async () => {
    const { url } = await startApi(onTestFinished)
    const body = new URLSearchParams(RIGHT)
    expect((await fetch(`${url}/oauth/token?account_token=NPS-1`, { method: 'POST', body })).status).toBe(200)
  })
})
