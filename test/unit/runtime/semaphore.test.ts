import { expect, test } from 'vitest'
import { createSemaphore } from '../../../src/runtime/semaphore.js'

/** Tasks that end when they are told to, and how many run at once. */
function tasks() {
  const ends: (() => void)[] = []
  const counts = { running: 0, most: 0 }
  const run = async () => {
    counts.running++
    counts.most = Math.max(counts.most, counts.running)
    await new Promise<void>(resolve => ends.push(resolve))
    counts.running--
  }
  return { run, ends, counts }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

test('no more run at once than may, and all that were let in come to an end', async () => {
  const { run, ends, counts } = tasks()
  const gate = createSemaphore({ maxRunning: 2, maxWaiting: 10 })
  const all = Promise.all(Array.from({ length: 8 }, () => gate(run)))
  for (let ended = 0; ended < 8; ended++) {
    await turn()
    ends[ended]?.()
  }
  await all
  expect(counts).toEqual({ running: 0, most: 2 })
})

test('who finds too many waiting is turned away at once, and a place that falls free is given again', async () => {
  const { run, ends } = tasks()
  const gate = createSemaphore({ maxRunning: 1, maxWaiting: 1 })
  const [first, second] = [gate(run), gate(run)]
  await expect(gate(run)).rejects.toMatchObject({ code: 'busy' })
  await turn()
  ends[0]?.()
  await first
  const third = gate(run)
  await turn()
  ends[1]?.()
  await second
  await turn()
  ends[2]?.()
  await third
})

test('a task that fails gives its place up', async () => {
  const gate = createSemaphore({ maxRunning: 1, maxWaiting: 0 })
  await expect(gate(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await gate(async () => 1)).toBe(1)
})

test('a lane takes no more places than its share, and one that is free goes to another lane', async () => {
  const { run, ends, counts } = tasks()
  const gate = createSemaphore({ maxRunning: 3, maxWaiting: 10, maxRunningPerLane: 2 })
  const slow = Array.from({ length: 4 }, () => gate(run, 'slow'))
  await turn()
  expect(counts.running).toBe(2)
  const done = await gate(async () => 'done', 'other')
  expect([done, counts.running]).toEqual(['done', 2])
  for (let ended = 0; ended < 4; ended++) {
    await turn()
    ends[ended]?.()
  }
  await Promise.all(slow)
  expect(counts).toEqual({ running: 0, most: 2 })
})

test('lanes take turns', async () => {
  const order: string[] = []
  const gate = createSemaphore({ maxRunning: 1, maxWaiting: 10 })
  const note = (name: string) => gate(async () => void order.push(name), name)
  await Promise.all(['a', 'a', 'a', 'b', 'b', 'c'].map(note))
  expect(order).toEqual(['a', 'a', 'b', 'c', 'a', 'b'])
})
