import { expect, test } from 'vitest'
import type { TokenErrorAnswer } from '../../../../src/wire/v1.js'
import { createCaller, postToken, readAnswer } from '../../../support/api-caller.js'
import { CREDENTIALS } from '../../../support/start-api.js'
import type { ContractContext } from './contract-context.js'

const { clientId, clientSecret, email, password } = CREDENTIALS
const CLIENT = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
const USER = { grant_type: 'password', username: email, password }

export function tokenSuite(context: ContractContext): void {
  const post = (fields: Record<string, string>) => postToken(context.url, fields, context.send)
  const refuse = (fields: Record<string, string>) =>
    postToken<TokenErrorAnswer>(context.url, fields, context.send)
  const works = async (token: string) =>
    (await createCaller(context.url, token).get('/v1/end_users?per_page=1')).status === 200
  const refresh = (token: string | undefined) =>
    post({ grant_type: 'refresh_token', refresh_token: token ?? '' })

  test('client credentials get a bearer token of two hours, without a refresh token', async () => {
    const { status, headers, body } = await post(CLIENT)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 7200,
      scope: 'public',
    })
    expect(await works(body.access_token)).toBe(true)
  })

  test('a client may say who it is in a Basic header, but not in two ways', async () => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    const send = async (fields: Record<string, string>) =>
      context.send(`${context.url}/oauth/token`, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams(fields),
      })
    expect((await send({ grant_type: 'client_credentials' })).status).toBe(200)
    expect((await send(CLIENT)).status).toBe(400)
  })

  test('a token is asked for in multipart and in JSON too', async () => {
    const multipart = new FormData()
    for (const [name, value] of Object.entries(CLIENT)) multipart.set(name, value)
    const url = `${context.url}/oauth/token`
    const json = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(CLIENT),
    }
    expect((await context.send(url, { method: 'POST', body: multipart })).status).toBe(200)
    expect((await context.send(url, json)).status).toBe(200)
  })

  test('the password grant needs no client, takes the e-mail in any case, and gets a refresh token', async () => {
    const { status, body } = await post({ ...USER, username: email.toUpperCase() })
    expect([status, body.expires_in]).toEqual([200, 7200])
    expect(body.refresh_token).toMatch(/^[\w-]{43}$/)
    expect(await works(body.access_token)).toBe(true)
  })

  test.each([
    ['a wrong secret', { ...CLIENT, client_secret: 'x' }, 401, 'invalid_client'],
    ['an unknown client', { ...CLIENT, client_id: 'x' }, 401, 'invalid_client'],
    ['no secret', { grant_type: 'client_credentials', client_id: clientId }, 400, 'invalid_request'],
    ['a wrong password', { ...USER, password: 'x' }, 400, 'invalid_grant'],
    ['an unknown user', { ...USER, username: 'x@example.com' }, 400, 'invalid_grant'],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant'],
    ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['another grant', { grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    ['a grant that is a method of objects', { grant_type: 'constructor' }, 400, 'unsupported_grant_type'],
    ['nothing', {}, 400, 'invalid_request'],
  ])('%s is refused', async (_, fields, status, error) => {
    const answer = await refuse(fields)
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.body.error_description).not.toBe('')
  })

  test('credentials in the query are not looked at', async () => {
    const query = new URLSearchParams(CLIENT)
    const response = await context.send(`${context.url}/oauth/token?${query}`, { method: 'POST' })
    expect((await readAnswer<TokenErrorAnswer>(response)).body.error).toBe('invalid_request')
  })

  test('a field given twice is refused', async () => {
    const response = await context.send(`${context.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams([...Object.entries(CLIENT), ['client_id', 'another']]),
    })
    expect(response.status).toBe(400)
  })

  test('a refresh token is exchanged for new ones, and the old access token lives on', async () => {
    const first = (await post(USER)).body
    const { status, body } = await refresh(first.refresh_token)
    expect(status).toBe(200)
    expect(body.refresh_token).not.toBe(first.refresh_token)
    expect(await works(body.access_token)).toBe(true)
    expect(await works(first.access_token)).toBe(true)
  })

  test('retries of a rotation get the same successor, at once or one after the other', async () => {
    const { refresh_token } = (await post(USER)).body
    const [one, two] = await Promise.all([refresh(refresh_token), refresh(refresh_token)])
    const three = await refresh(refresh_token)
    expect([two.status, three.status]).toEqual([200, 200])
    expect([two.body.refresh_token, three.body.refresh_token]).toEqual(Array(2).fill(one.body.refresh_token))
    expect([two.body.access_token, three.body.access_token]).toEqual(Array(2).fill(one.body.access_token))
  })

  test('a refresh token that comes after its successor was used ends the whole family', async () => {
    const first = (await post(USER)).body
    const second = (await refresh(first.refresh_token)).body
    const third = (await refresh(second.refresh_token)).body
    const other = (await post(USER)).body
    expect((await refresh(first.refresh_token)).status).toBe(400)
    expect((await refresh(third.refresh_token)).status).toBe(400)
    for (const token of [first, second, third]) expect(await works(token.access_token)).toBe(false)
    expect(await works(other.access_token)).toBe(true)
  })
}
