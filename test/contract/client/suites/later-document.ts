import { expect, test } from 'vitest'
import type { ClientContext } from './client-context.js'

const ORIGIN = 'https://example.com'

/** What later editions of the API's document added. */
export function laterDocumentSuite(context: ClientContext): void {
  test('an end user is found by any of its names', async () => {
    const names = { email: context.newEmail(), external_id: 'a/b?c=é', phone_number: '+1 415 555 0123' }
    const made = await context.client.endUsers.create(names)
    for (const name of [
      { email: names.email },
      { external_id: names.external_id },
      { phone_number: names.phone_number },
    ])
      expect(await context.client.endUsers.find(name)).toMatchObject({ id: made?.id, ...names })
    await expect(context.client.endUsers.find({ external_id: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(context.client.endUsers.find({ external_id: '..' })).rejects.toThrow(TypeError)
  })

  test('settings are read and changed', async () => {
    const { id } = await context.newEndUser()
    const changed = await context.client.endUsers.updateSettings(id, { web_nps: false })
    expect(changed).toMatchObject({ end_user_id: id, web_nps: false, email_nps: true })
    expect(await context.client.endUsers.settings(id)).toMatchObject({ end_user_id: id, web_nps: false })
  })

  test('responses and declines are read, marked and deleted by their id alone', async () => {
    const { client } = context
    const { id } = await context.newEndUser()
    const response = await client.responses.create(id, {
      score: 9,
      origin_url: ORIGIN,
      survey: { unique_link: 'one', channel: 'web', language: 'en' },
      end_user: { properties: { plan: 'pro', seats: 5 } },
    })
    const decline = await client.declines.create(id, { survey: { channel: 'web' } })
    expect((await client.endUsers.get(id)).properties).toEqual({ plan: 'pro', seats: 5 })
    for (const [kind, made] of [
      ['responses', response],
      ['declines', decline],
    ] as const) {
      const recordId = made?.id ?? 0
      expect(await client[kind].getById(recordId)).toMatchObject({ id: recordId, end_user_id: id })
      await client[kind].mark(recordId, { completed: true, excluded_from_calculations: true })
      await client[kind].deleteById(recordId)
      await expect(client[kind].getById(recordId)).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  test('the summary and the segments of an account', async () => {
    const client = await context.newAccount()
    const made = await client.endUsers.create({ email: context.newEmail(), properties: { plan: 'pro' } })
    await client.responses.create(made?.id ?? 0, { score: 10, origin_url: ORIGIN })
    expect(await client.npsSummary()).toMatchObject({ nps: 100, responses: 1, promoters: 1 })
    expect(await client.npsSummary({ start: '2001-01-01', end: '2001-01-31' })).toMatchObject({
      responses: 0,
    })
    expect(await client.segments()).toEqual([
      { name: 'plan', data_type: 'string', created_at: expect.any(Date) },
    ])
  })
}
