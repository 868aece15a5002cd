import { describe, expect, onTestFinished, test } from 'vitest'
import type { EndUser, ResponseRecord, TokenAnswer } from '../../../src/wire/v1.js'
import { CREDENTIALS, startApi } from '../../support/start-api.js'

/** Requests as known clients of the service send them, written anew from what they are known to send. */
async function start(options: Parameters<typeof startApi>[1] = {}) {
  const { url } = await startApi(onTestFinished, options)
  const logIn = async (query = ''): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'password',
      username: CREDENTIALS.email,
      password: CREDENTIALS.password,
    })
    const response = await fetch(`${url}/oauth/token${query}`, { method: 'POST', body })
    return ((await response.json()) as TokenAnswer).access_token
  }
  const send = async <T>(token: string, method: string, path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) }
    const response = await fetch(url + path, { ...init, method, headers })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }
  return { url, logIn, send }
}

const form = (fields: Record<string, string>): RequestInit => ({ body: new URLSearchParams(fields) })

describe('clients of the service', () => {
  test('a data platform’s connector finds, makes and updates its own end user, and answers for it', async () => {
    const { logIn, send } = await start()
    const token = await logIn('?account_token=NPS-0123')
    const alice = (await send<EndUser>(token, 'POST', '/v1/end_users', form({ email: 'alice@example.com' })))
      .body
    // Its user is called what the API calls alice.
    const userId = String(alice.id)
    const find = () =>
      send<EndUser>(token, 'GET', `/v1/end_users/${userId}?lookup_by_external_id=true`, {
        headers: { 'content-type': 'application/json' },
      })
    expect((await find()).status).toBe(404)
    const created = await send<EndUser>(
      token,
      'POST',
      '/v1/end_users',
      form({
        external_id: userId,
        email: 'bob@example.com',
        phone_number: '+12025550143',
        external_created_at: '1642685961',
        'properties[city]': 'Disney',
      }),
    )
    expect(created.status).toBe(201)
    const { id } = (await find()).body
    expect(id).toBe(created.body.id)
    const updated = await send<EndUser>(
      token,
      'PUT',
      `/v1/end_users/${id}`,
      form({ email: 'bob@example.com', 'properties[city]': 'Disney', 'properties[title]': 'VP' }),
    )
    expect(updated.body.properties).toEqual({ city: 'Disney', title: 'VP' })
    const response = await send<ResponseRecord>(
      token,
      'POST',
      `/v1/end_users/${id}/responses`,
      form({
        score: '5',
        ip_address: '192.168.0.1',
        origin_url: 'http://example.com',
        text: 'Thank you',
        created_at: '1642685961',
        'end_user[properties][Department]': 'Marketing',
      }),
    )
    expect([response.status, response.body.end_user_id]).toEqual([201, id])
    const decline = form({ origin_url: 'http://example.com', 'end_user[properties][tier]': 'gold' })
    expect((await send(token, 'POST', `/v1/end_users/${id}/declines`, decline)).status).toBe(201)
    // One that puts to the path by its own name, as another version does.
    const renamed = form({ email: 'bob.new@example.com' })
    const put = await send<EndUser>(
      token,
      'PUT',
      `/v1/end_users/${userId}?lookup_by_external_id=true`,
      renamed,
    )
    expect([put.status, put.body.id]).toEqual([200, id])

    const untouched = (await send<EndUser>(token, 'GET', `/v1/end_users/${alice.id}`)).body
    expect([untouched.email, untouched.properties]).toEqual(['alice@example.com', {}])
    expect((await send(token, 'GET', `/v1/end_users/${alice.id}/responses`)).body).toEqual([])
    expect((await send<EndUser>(token, 'GET', `/v1/end_users/${id}`)).body.properties).toMatchObject({
      Department: 'Marketing',
      tier: 'gold',
    })
  })

  test.each(['urlencoded', 'multipart', 'JSON'])(
    'a mobile SDK posts score, then text, in %s, and has made one response',
    async encoding => {
      const { logIn, send } = await start()
      const token = await logIn()
      const { id } = (await send<EndUser>(token, 'POST', '/api/v1/end_users?email=mobile@example.com')).body
      const found = await send<EndUser[]>(token, 'GET', '/api/v1/end_users?email=mobile@example.com')
      expect(found.body.map(user => user.id)).toEqual([id])
      const post = (kind: string, fields: Record<string, string>) => {
        const all = {
          origin_url: 'com.example.Demo',
          'end_user[id]': String(id),
          end_user_id: String(id),
          user_id: '4711',
          account_id: '1234',
          metric_type: 'nps',
          'survey[channel]': 'mobile',
          'survey[language]': 'ES',
          'driver_picklist[Help & support]': 'Ayuda',
          ...fields,
        }
        const path = `/api/v1/end_users/${id}/${kind}`
        if (encoding === 'urlencoded') return send<ResponseRecord>(token, 'POST', path, form(all))
        if (encoding === 'JSON') {
          const { channel, language } = { channel: 'mobile', language: 'ES' }
          const survey = { channel, language, unique_link: all['survey[unique_link]' as keyof typeof all] }
          const body = JSON.stringify({ ...fields, origin_url: 'x', end_user: { id }, survey })
          return send<ResponseRecord>(token, 'POST', path, {
            body,
            headers: { 'content-type': 'application/json' },
          })
        }
        const body = new FormData()
        for (const [name, value] of Object.entries(all)) body.set(name, value)
        return send<ResponseRecord>(token, 'POST', path, { body })
      }
      const link = { 'survey[unique_link]': '5d8220d5b96ec1e0c4389a0a5951c05c' }
      const first = await post('responses', { score: '9', priority: '0', ...link })
      const second = await post('responses', {
        score: '9',
        priority: '1',
        text: 'Muy bien; gracias',
        ...link,
      })
      const again = await post('responses', { score: '9', priority: '1', text: 'Muy bien; gracias', ...link })
      expect([first, second, again].map(({ status, body }) => [status, body.id])).toEqual(
        Array(3).fill([201, first.body.id]),
      )
      const list = (await send<ResponseRecord[]>(token, 'GET', '/v1/responses')).body
      expect(list.map(({ score, text }) => [score, text])).toEqual([[9, 'Muy bien; gracias']])
      const refusal = { priority: '0', 'survey[unique_link]': 'another' }
      for (let n = 0; n < 2; n++) expect((await post('declines', refusal)).status).toBe(201)
      expect((await send<unknown[]>(token, 'GET', '/v1/declines')).body).toHaveLength(1)
    },
  )

  test('a spreadsheet’s script pages through responses of the later document', async () => {
    const { url, logIn, send } = await start({ document: 'later', timeFormat: 'offset' })
    const token = await logIn()
    const { id } = (
      await send<EndUser>(
        token,
        'POST',
        '/v1/end_users',
        form({ email: 'a@example.com', 'properties[plan]': 'pro' }),
      )
    ).body
    for (let n = 0; n < 7; n++)
      await send(
        token,
        'POST',
        `/v1/end_users/${id}/responses`,
        form({ score: String(n), origin_url: 'x', created_at: String(1_700_000_000 + n) }),
      )
    const rows: ResponseRecord[] = []
    for (let page = 1; ; page++) {
      const query = `created[gt]=1700000000&created[lt]=1700000006&per_page=2&page=${page}&sort_order=asc`
      const response = await fetch(`${url}/v1/responses?${query}&access_token=${token}`)
      const batch = (await response.json()) as ResponseRecord[]
      if (batch.length === 0) break
      rows.push(...batch)
    }
    expect(rows.map(({ score }) => score)).toEqual([1, 2, 3, 4, 5])
    expect(rows[0]).toMatchObject({
      created_at: '2023-11-14 22:13:21 +0000',
      survey_id: null,
      completed: false,
      excluded_from_calculations: false,
      tags: [],
      notes: [],
      end_user: { properties: { plan: 'pro' } },
    })
  })

  test('a Ruby client calls every endpoint, with its parameters in the query', async () => {
    const { logIn, send } = await start()
    const token = await logIn()
    const json = { headers: { 'content-type': 'application/json' } }
    const call = <T>(method: string, path: string) => send<T>(token, method, `/v1/${path}`, json)
    const { id } = (await call<EndUser>('POST', 'end_users?email=r@example.com&properties[company]=Acme'))
      .body
    expect((await call<EndUser>('PUT', `end_users/${id}?properties[city]=Rome`)).body.properties).toEqual({
      company: 'Acme',
      city: 'Rome',
    })
    const settings = await call<{ email_nps: boolean }>('PUT', `end_users/${id}/settings?email_nps=false`)
    expect([settings.status, settings.body.email_nps]).toEqual([200, false])
    const query = 'score=10&ip_address=127.0.0.1&origin_url=http://example.com&text=Great'
    const response = (await call<ResponseRecord>('POST', `end_users/${id}/responses?${query}`)).body
    const decline = (await call<{ id: number }>('POST', `end_users/${id}/declines`)).body
    for (const path of [
      'end_users?page=1&per_page=10&created[gt]=1',
      'responses?page=1&per_page=10&sort_order=desc',
      'declines?page=1',
      `end_users/${id}/settings`,
      `end_users/${id}/responses`,
      `end_users/${id}/responses/promoters`,
      `end_users/${id}/responses/passives`,
      `end_users/${id}/responses/detractors`,
      `end_users/${id}/responses/${response.id}`,
      `end_users/${id}/declines`,
      `end_users/${id}/declines/${decline.id}`,
    ])
      expect([path, (await call('GET', path)).status]).toEqual([path, 200])
    // It reads the body of what it deletes.
    expect((await call<ResponseRecord>('DELETE', `end_users/${id}/responses/${response.id}`)).body.id).toBe(
      response.id,
    )
    expect((await call<{ id: number }>('DELETE', `end_users/${id}/declines/${decline.id}`)).body.id).toBe(
      decline.id,
    )
    expect((await call<EndUser>('DELETE', `end_users/${id}`)).body.id).toBe(id)
  })
})
