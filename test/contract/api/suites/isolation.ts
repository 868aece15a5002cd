import { expect, test } from 'vitest'
import type { EndUser } from '../../../../src/wire/v1.js'
import { postToken } from '../../../support/api-caller.js'
import { callerOf } from '../../../support/start-api.js'
import type { ContractContext } from './contract-context.js'

const ORIGIN = 'https://example.com'

export function isolationSuite(context: ContractContext): void {
  test('two accounts never see each other, through any endpoint; foreign and missing ids answer alike', async () => {
    const [mine, theirs] = [await context.newAccount(), await context.newAccount()]
    const { id, email } = await mine.newEndUser()
    const own = `/v1/end_users/${id}`
    const records: Record<string, number> = {}
    for (const kind of ['responses', 'declines', 'page_views'])
      records[kind] = (
        await mine.post<{ id: number }>(`${own}/${kind}`, { score: 9, origin_url: ORIGIN })
      ).body.id

    const missing = '/v1/end_users/9007199254740991'
    const requests = (path: string, idOf: (kind: string) => number) =>
      [
        ['GET', path],
        ['PUT', path],
        ...Object.keys(records).flatMap(kind => [
          ['GET', `${path}/${kind}`],
          ['POST', `${path}/${kind}`],
          ['GET', `${path}/${kind}/${idOf(kind)}`],
          ['DELETE', `${path}/${kind}/${idOf(kind)}`],
        ]),
        ['GET', `${path}/responses/promoters`],
        ['GET', `${path}/responses/passives`],
        ['GET', `${path}/responses/detractors`],
        ['DELETE', path],
      ] as [string, string][]

    const json = { score: 1, origin_url: ORIGIN, properties: { stolen: true } }
    const ask = async ([method, path]: [string, string]) => {
      const { status, body } = await theirs.call(method, path, method === 'GET' ? {} : { json })
      return [method, status, body]
    }
    const foreign = await Promise.all(requests(own, kind => records[kind] ?? 0).map(ask))
    const absent = await Promise.all(requests(missing, () => 9007199254740990).map(ask))
    expect(foreign).toEqual(absent)
    expect(foreign.every(([, status]) => status === 404)).toBe(true)

    for (const list of ['/v1/end_users', `/v1/end_users?email=${email}`, '/v1/responses', '/v1/declines'])
      expect((await theirs.get(list)).body).toEqual([])
    expect((await theirs.post('/v1/end_users', { email })).status).toBe(201)
    const after = await mine.get<EndUser>(own)
    expect([after.status, after.body.page_views_count, after.body.properties]).toEqual([200, 1, {}])
  })

  test('what was generated is told once, and the list shows nothing secret', async () => {
    const account = await context.api.accounts.add({ email: `listed-${Date.now()}@example.com` })
    expect(account.generated).toEqual(['password', 'clientId', 'clientSecret'])
    const list = await context.api.accounts.list()
    expect(list.find(({ id }) => id === account.id)).toEqual({
      id: account.id,
      email: account.email,
      clientId: account.clientId,
      createdAt: expect.any(Date),
    })
    expect(JSON.stringify(list)).not.toContain(account.clientSecret)
    expect(JSON.stringify(list)).not.toContain(account.password)
  })

  test('an account with a taken e-mail or client id is refused', async () => {
    const { email, clientId } = await context.api.accounts.add()
    await expect(context.api.accounts.add({ email: email.toUpperCase() })).rejects.toMatchObject({
      code: 'account_exists',
    })
    await expect(context.api.accounts.add({ clientId })).rejects.toMatchObject({ code: 'account_exists' })
    await expect(context.api.accounts.add({ password: ' ' })).rejects.toThrow(TypeError)
  })

  test('rotating a client secret ends the old one and the tokens that came of it, and nobody else’s', async () => {
    const account = await context.api.accounts.add()
    const other = await context.newAccount()
    const before = await callerOf(context, account)
    const user = await postToken(context.url, {
      grant_type: 'password',
      username: account.email,
      password: account.password,
    })
    expect((await before.get('/v1/responses')).status).toBe(200)

    const { clientId, clientSecret } = await context.api.accounts.rotateSecret(account.id, { keepFormerS: 0 })
    expect(clientId).toBe(account.clientId)
    expect((await before.get('/v1/responses')).status).toBe(401)
    expect((await other.get('/v1/responses')).status).toBe(200)
    expect(user.status).toBe(200)
    const old = await postToken(context.url, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: account.clientSecret,
    })
    expect(old.status).toBe(401)
    expect((await (await callerOf(context, { clientId, clientSecret })).get('/v1/responses')).status).toBe(
      200,
    )
  })

  test('rotating the secret of nobody is an error', async () => {
    await expect(context.api.accounts.rotateSecret(1_000_000)).rejects.toMatchObject({
      code: 'account_not_found',
    })
  })
}
