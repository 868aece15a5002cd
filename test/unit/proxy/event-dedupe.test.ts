import { describe, expect, it } from 'vitest'
import { createEventDedupe } from '../../../src/proxy/delivery/event-dedupe.js'
import { createMutex } from '../../../src/runtime/mutex.js'
import type { EventResult } from '../../../src/wire/delivery.js'

const DONE: EventResult = { status: 'done' }
const RETRY: EventResult = { status: 'retry', reason: 'upstream' }

describe('an event', () => {
  it('case 4: that comes twice at once is written once, and both are told the same', async () => {
    const once = createEventDedupe()
    let written = 0
    const write = async () => {
      written++
      await Promise.resolve()
      return DONE
    }
    expect(await Promise.all([once.run('E1', write), once.run('e1', write)])).toEqual([DONE, DONE])
    expect(written).toBe(1)
  })

  it('case 3: that comes again later is a duplicate', async () => {
    const once = createEventDedupe()
    await once.run('e1', async () => DONE)
    expect(await once.run('e1', async () => DONE)).toEqual({ status: 'duplicate' })
    expect(await once.run('e2', async () => DONE)).toEqual(DONE)
  })

  it('that was not written is tried again', async () => {
    const once = createEventDedupe()
    expect(await once.run('e1', async () => RETRY)).toEqual(RETRY)
    await expect(once.run('e1', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await once.run('e1', async () => DONE)).toEqual(DONE)
  })
})

describe('a mutex', () => {
  it('runs what has one key in order, failures or not, and other keys beside it', async () => {
    const mutex = createMutex()
    const log: string[] = []
    const work =
      (name: string, fails = false) =>
      async () => {
        log.push(`${name} begins`)
        await new Promise(resolve => setImmediate(resolve))
        log.push(`${name} ends`)
        if (fails) throw new Error(name)
      }
    const results = await Promise.allSettled([
      mutex.run('a', work('a1', true)),
      mutex.run('a', work('a2')),
      mutex.run('b', work('b1')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(log.filter(line => line.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends'])
    expect(log.indexOf('b1 begins')).toBeLessThan(log.indexOf('a2 begins'))
  })
})
