import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createIds } from '../../../src/api/storage/ids.js'
import { openSqlite } from '../../../src/api/storage/sqlite.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

async function openStorage() {
  const folder = await temporaryFolder()
  const storage = await openSqlite({ path: join(folder.path, 'ids.db'), now: Date.now })
  onTestFinished(async () => {
    await storage.close()
    await folder.remove()
  })
  return storage
}

test('ids begin at 1 and grow by 1, over the end of a block', async () => {
  const ids = createIds(await openStorage())
  const handed: number[] = []
  for (let n = 0; n < 2_500; n++) handed.push(await ids.next('responses'))
  expect(handed).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1))
})

test('many who ask at once share a lease', async () => {
  const ids = createIds(await openStorage())
  const handed = await Promise.all(Array.from({ length: 50 }, () => ids.next('declines')))
  expect([...handed].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
})

test('two processes never hand out the same', async () => {
  const storage = await openStorage()
  const [one, two] = [createIds(storage), createIds(storage)]
  const handed: number[] = []
  for (let n = 0; n < 1_200; n++) handed.push(await one.next('end_users'), await two.next('end_users'))
  expect(new Set(handed).size).toBe(2_400)
})

test('what is left of a block is given back, so that a restart goes on where it was', async () => {
  const storage = await openStorage()
  const before = createIds(storage)
  await before.next('responses')
  await before.next('responses')
  await before.release()
  expect(await createIds(storage).next('responses')).toBe(3)
})

test('a block is not given back where another process has leased since', async () => {
  const storage = await openStorage()
  const [one, two] = [createIds(storage), createIds(storage)]
  await one.next('responses')
  const other = await two.next('responses')
  await one.release()
  expect(await createIds(storage).next('responses')).toBeGreaterThan(other)
})
