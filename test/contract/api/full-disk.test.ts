import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ErrorList, ResponseRecord } from '../../../src/wire/v1.js'
import type { Caller } from '../../support/api-caller.js'
import { bundleApi, startApiProcess } from '../../support/api-process.js'
import { mountSmallDisk } from '../../support/small-disk.js'
import { callerOf } from '../../support/start-api.js'

const TEXT = 'x'.repeat(8_000)
const post = (caller: Caller, path: string) =>
  caller.post<ResponseRecord & ErrorList>(path, { score: 9, text: TEXT, origin_url: 'https://x/' })

/** Posts one response after the other until one is refused. @returns the ids that were acknowledged, and the refusal */
async function postUntilRefused(caller: Caller, path: string) {
  const ids: number[] = []
  for (;;) {
    const { status, body, headers } = await post(caller, path)
    if (status === 201) ids.push(body.id)
    else return { ids, refusal: [status, body.errors[0]?.status, headers.get('retry-after')] }
  }
}

async function allIds(caller: Caller, path: string): Promise<number[]> {
  const ids: number[] = []
  for (let page = 1; ; page++) {
    const { body } = await caller.get<ResponseRecord[]>(`${path}?per_page=50&page=${page}`)
    if (body.length === 0) return ids
    ids.push(...body.map(({ id }) => id))
  }
}

test('a full disk refuses responses with 503, is named by /ready, and costs nothing acknowledged', async () => {
  const disk = await mountSmallDisk(onTestFinished, 16)
  if (!disk) return console.warn('no disk was filled: only root may mount one')
  const [file, db] = [await bundleApi(), join(disk.path, 'api.db')]
  const api = await startApiProcess(file, db, onTestFinished)
  const caller = await callerOf(api)
  const path = `/v1/end_users/${(await caller.newEndUser()).id}/responses`

  const written = await Promise.all(Array.from({ length: 8 }, () => postUntilRefused(caller, path)))
  for (const { refusal } of written) expect(refusal).toEqual([503, 'storage_unavailable', '5'])
  const acknowledged = written.flatMap(({ ids }) => ids)
  expect(acknowledged.length).toBeGreaterThan(100)

  await disk.fill()
  // SQLite begins its log again from the start once it is copied into the file: until that room is used up, writes pass.
  const isReady = async () => {
    acknowledged.push(...(await postUntilRefused(caller, path)).ids)
    const ready = await fetch(`${api.url}/ready`)
    return [ready.status, await ready.json()]
  }
  await expect.poll(isReady).toEqual([503, { status: 'not_ready', reason: 'the disk is full' }])
  // What is there is still read.
  expect((await allIds(caller, path)).sort()).toEqual(acknowledged.sort())

  await disk.free()
  await expect.poll(async () => (await fetch(`${api.url}/ready`)).status).toBe(200)
  const { status, body } = await post(caller, path)
  expect(status).toBe(201)
  await api.kill()
  const again = await callerOf(await startApiProcess(file, db, onTestFinished))
  expect((await allIds(again, path)).sort()).toEqual([...acknowledged, body.id].sort())
}, 120_000)
