import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { EndUser, PageView } from '../../../src/wire/v1.js'
import type { Caller } from '../../support/api-caller.js'
import { bundleApi, startApiProcess } from '../../support/api-process.js'
import { callerOf } from '../../support/start-api.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const ROUNDS = 20
const WRITERS = 8

let file: string
beforeAll(async () => {
  file = await bundleApi()
})

/** Creates page views, one after the other, until the API is gone. @returns the ids that were acknowledged */
async function writeUntilGone(caller: Caller, path: string): Promise<number[]> {
  const acknowledged: number[] = []
  for (;;) {
    const answer = await caller.post<PageView>(path).catch(() => undefined)
    if (answer?.status !== 201) return acknowledged
    acknowledged.push(answer.body.id)
  }
}

async function allIds(caller: Caller, path: string): Promise<number[]> {
  const ids: number[] = []
  for (let page = 1; ; page++) {
    const { body } = await caller.get<PageView[]>(`${path}?per_page=50&page=${page}`)
    if (body.length === 0) return ids
    ids.push(...body.map(({ id }) => id))
  }
}

test(`killed ${ROUNDS} times in the middle of writing, it has all that it acknowledged, and its counts are right`, {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const db = join(folder.path, 'api.db')
  const acknowledged = new Set<number>()
  let endUserId = 0

  for (let round = 0; round < ROUNDS; round++) {
    const api = await startApiProcess(file, db, onTestFinished)
    expect(api.created).toBe(round === 0)
    const caller = await callerOf(api)
    endUserId ||= (await caller.newEndUser()).id
    const path = `/v1/end_users/${endUserId}/page_views`
    const writers = Array.from({ length: WRITERS }, () => writeUntilGone(caller, path))
    // Some are acknowledged, some on their way, at a moment that differs from round to round.
    for (let n = 0; n <= round; n++) await caller.get(path)
    await api.kill()
    for (const ids of await Promise.all(writers)) for (const id of ids) acknowledged.add(id)
  }

  const caller = await callerOf(await startApiProcess(file, db, onTestFinished))
  const kept = await allIds(caller, `/v1/end_users/${endUserId}/page_views`)
  const { body } = await caller.get<EndUser>(`/v1/end_users/${endUserId}`)
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
  expect([...acknowledged].filter(id => !kept.includes(id))).toEqual([])
  expect(body.page_views_count).toBe(kept.length)
  expect(new Set(kept).size).toBe(kept.length)
})
