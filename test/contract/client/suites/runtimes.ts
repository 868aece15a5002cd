import { readFile } from 'node:fs/promises'
import { transform } from 'esbuild'
import { Pool, fetch as undiciFetch } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../../../src/client/index.js'
import { CREDENTIALS, startApi } from '../../../support/start-api.js'
import { type ClientContext, createTestClient } from './client-context.js'

export function runtimeSuite(context: ClientContext): void {
  test.each([
    ['document', 'UTC'],
    ['offset', 'UTC'],
    ['offset', 'America/Los_Angeles'],
    ['offset', 'Asia/Kathmandu'],
  ] as const)('times are the same in the style %s of %s', async (timeFormat, timeZone) => {
    const db = await context.createDatabase()
    const { url } = await startApi(onTestFinished, { db, timeFormat, timeZone })
    const { endUsers, pageViews } = createTestClient(url)
    // One each side of a change to and from summer time, the first second and the last.
    for (const at of [0, 1_394_359_199, 1_394_359_201, 1_414_918_799, 1_414_918_801, 253_402_300_799]) {
      const created = await endUsers.create({ email: `${at}@example.com`, last_surveyed: at })
      const id = created?.id ?? 0
      expect(created?.last_surveyed).toEqual(new Date(at * 1_000))
      expect((await endUsers.get(id)).last_surveyed).toEqual(new Date(at * 1_000))
      expect((await pageViews.create(id, { at }))?.at).toEqual(new Date(at * 1_000))
      expect((await pageViews.listOf(id).page()).map(view => view.at)).toEqual([new Date(at * 1_000)])
    }
  })

  test('it goes over a pool of undici’s', async () => {
    const dispatcher = new Pool(context.url, { connections: 2 })
    onTestFinished(() => dispatcher.close())
    const client = createTestClient(context.url, {
      fetch: (url, init) => undiciFetch(url, { ...init, dispatcher }),
    })
    const { id } = await context.newEndUser()
    await Promise.all(Array.from({ length: 20 }, () => client.pageViews.create(id)))
    expect((await client.endUsers.get(id)).page_views_count).toBe(20)
  })

  test('the example in its documentation runs', async () => {
    const source = await readFile(new URL('../../../../src/client/index.ts', import.meta.url), 'utf8')
    const example = /```ts\n([\s\S]*?)```/.exec(source)?.[1]?.replaceAll(/^ \* ?/gm, '') ?? ''
    const { code } = await transform(example.replace(/^import .*$/m, ''), { loader: 'ts' })
    const printed: unknown[][] = []
    const { clientId, clientSecret } = CREDENTIALS
    const db = await context.createDatabase()
    const { url } = await startApi(onTestFinished, { db })
    const AsyncFunction = (async () => undefined).constructor as FunctionConstructor
    await new AsyncFunction('createClient', 'console', code)(
      (options: object) =>
        createClient({ ...options, baseUrl: url, credentials: { clientId, clientSecret } }),
      { log: (...line: unknown[]) => printed.push(line) },
    )
    expect(printed).toEqual([[9, null]])
  })
}
