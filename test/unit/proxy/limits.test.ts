import { RateLimiterMemory } from 'rate-limiter-flexible'
import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../../src/proxy/limits/breaker.js'
import { createMemoryLimiter } from '../../../src/proxy/limits/limiter.js'
import { createRateLimits, DEFAULT_LIMITS } from '../../../src/proxy/limits/rate-limits.js'
import { createFlexibleLimiter } from '../../../src/proxy/node/index.js'
import { collectGarbage } from '../../support/collect-garbage.js'

const createClock = () => {
  const clock = { ms: 1_000_000, now: () => clock.ms }
  return clock
}
const RATE = { points: 10, windowS: 60 }

describe.each(['in memory', 'of rate-limiter-flexible'])('a limiter %s', kind => {
  const make = (now = Date.now) =>
    kind === 'in memory'
      ? createMemoryLimiter(now)
      : createFlexibleLimiter(options => new RateLimiterMemory(options))

  it('allows as many points as there are, and says when there are more', async () => {
    const limiter = make()
    for (let n = 0; n < 5; n++) expect(await limiter.take('a', 2, RATE)).toMatchObject({ allowed: true })
    const { allowed, retryAfterMs } = await limiter.take('a', 2, RATE)
    expect(allowed).toBe(false)
    expect(retryAfterMs).toBeGreaterThan(5_000)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(await limiter.take('b', 10, RATE)).toMatchObject({ allowed: true })
  })
})

describe('the limiter in memory', () => {
  it('gives back points as time passes, a tenth in a tenth of the window', () => {
    const clock = createClock()
    const limiter = createMemoryLimiter(clock.now)
    limiter.take('a', 10, RATE)
    clock.ms += 6_000
    expect(limiter.take('a', 1, RATE)).toMatchObject({ allowed: true })
    expect(limiter.take('a', 1, RATE)).toMatchObject({ allowed: false, retryAfterMs: 6_000 })
  })

  it('case 5: holds no more for a million keys than for fifty thousand', async () => {
    const limiter = createMemoryLimiter(() => 0)
    const heldAfter = (count: number) => {
      for (let n = 0; n < count; n++) limiter.take(`203.0.${n}`, 1, RATE)
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const before = heldAfter(50_000)
    expect(heldAfter(1_000_000) - before).toBeLessThan(2_000_000)
    expect(await limiter.take('203.0.0', 10, RATE)).toMatchObject({ allowed: true })
  })
})

it('a limiter whose store fails lets everyone through, and says so', async () => {
  const failures: unknown[] = []
  const consume = () => Promise.reject(new Error('redis is gone'))
  const limiter = createFlexibleLimiter(() => ({ consume }), { onFailure: error => failures.push(error) })
  expect(await limiter.take('a', 1, RATE)).toMatchObject({ allowed: true })
  expect(failures).toHaveLength(1)
})

it('a limiter whose store hangs lets everyone through in time, and says so', async () => {
  const failures: unknown[] = []
  const limiter = createFlexibleLimiter(() => ({ consume: () => new Promise(() => undefined) }), {
    onFailure: error => failures.push(error),
    timeoutMs: 20,
  })
  expect(await limiter.take('a', 1, RATE)).toMatchObject({ allowed: true })
  expect(failures).toHaveLength(1)
})

it('a limiter’s store is told no e-mail, and no key longer than its column', async () => {
  const keys: string[] = []
  const consume = async (key: string) => void keys.push(key)
  const limiter = createFlexibleLimiter(() => ({ consume }))
  await limiter.take('ir:ada@example.com', 1, RATE)
  await limiter.take(`ir:${'a'.repeat(255)}`, 1, RATE)
  await limiter.take('ir:ada@example.com', 1, RATE)
  expect(keys[0]).toBe(keys[2])
  expect(keys[0]).not.toBe(keys[1])
  for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/)
})

describe('rate limits', () => {
  const create = () => createRateLimits(createMemoryLimiter(createClock().now), DEFAULT_LIMITS)

  it('let an identity send sixty requests a minute, or ask six hundred times', async () => {
    const limits = create()
    for (let n = 0; n < 60; n++) await limits.request(undefined, 'ada', true)
    await expect(limits.request(undefined, 'ada', true)).rejects.toMatchObject({ status: 429 })
    for (let n = 0; n < 600; n++) await limits.request(undefined, 'bob', false)
    await expect(limits.request(undefined, 'bob', false)).rejects.toMatchObject({
      status: 429,
      headers: { 'Retry-After': '1' },
    })
  })

  it('let a client send three thousand requests a minute, whoever is behind it', async () => {
    const limits = create()
    for (let n = 0; n < 3_000; n++) {
      await limits.arrive('203.0.113.9')
      await limits.request('203.0.113.9', `visitor ${n}`, true)
    }
    await expect(limits.arrive('203.0.113.9')).rejects.toMatchObject({ status: 429 })
    await limits.arrive('203.0.113.10')
  })

  it('let a client send 64 MiB an hour', async () => {
    const limits = create()
    for (let n = 0; n < 1_024; n++) await limits.bytes('203.0.113.9', 65_536)
    await expect(limits.bytes('203.0.113.9', 1)).rejects.toMatchObject({ status: 429 })
    await limits.bytes('203.0.113.10', 65_536)
  })

  it('count events apart, by identity and by client', async () => {
    const limits = create()
    expect(await limits.events('c', 'ada', 300)).toBeUndefined()
    expect(await limits.events('c', 'ada', 1)).toBeGreaterThan(0)
    expect(await limits.events('c', 'bob', 300)).toBeUndefined()
  })
})

describe('the breaker', () => {
  it('opens after five failures in a row that concern two end users', () => {
    const breaker = createBreaker(createClock().now)
    for (let n = 0; n < 4; n++) breaker.fail('ada')
    expect(breaker.waitMs).toBe(0)
    breaker.fail('bob')
    expect(breaker.waitMs).toBe(5_000)
    expect(breaker.enter()).toBe(5_000)
  })

  it('case 42: stays closed however often one end user fails, or while others succeed', () => {
    const breaker = createBreaker(createClock().now)
    for (let n = 0; n < 100; n++) breaker.fail('ada')
    expect(breaker.waitMs).toBe(0)
    breaker.succeed()
    for (let n = 0; n < 100; n++) {
      breaker.fail(`visitor ${n}`)
      if (n % 4 === 3) breaker.succeed()
    }
    expect(breaker.waitMs).toBe(0)
  })

  const opened = () => {
    const clock = createClock()
    const breaker = createBreaker(clock.now)
    for (let n = 0; n < 5; n++) breaker.fail(`visitor ${n}`)
    return { clock, breaker }
  }

  it('lets one request in to try, and closes when that succeeds', () => {
    const { clock, breaker } = opened()
    clock.ms += 5_000
    const probe = breaker.enter()
    expect(probe).toMatchObject({ leave: expect.any(Function) })
    expect(breaker.enter()).toBeGreaterThan(0)
    breaker.succeed()
    if (typeof probe === 'object') probe.leave()
    expect(breaker.enter()).toMatchObject({ leave: expect.any(Function) })
  })

  it('waits longer each time that the try fails, up to a minute', () => {
    const { clock, breaker } = opened()
    const waits: number[] = []
    for (let n = 0; n < 6; n++) {
      clock.ms += breaker.waitMs
      const probe = breaker.enter()
      breaker.fail('ada')
      breaker.fail('ada')
      if (typeof probe === 'object') probe.leave()
      waits.push(breaker.waitMs)
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
  })

  it('lets the next in when the one that tried had nothing to ask upstream', () => {
    const { clock, breaker } = opened()
    clock.ms += 5_000
    const probe = breaker.enter()
    if (typeof probe === 'object') probe.leave()
    expect(breaker.enter()).toMatchObject({ leave: expect.any(Function) })
  })

  it('lets everyone wait as long as upstream asked, ten minutes at most', () => {
    const clock = createClock()
    const breaker = createBreaker(clock.now)
    breaker.pause(3_000)
    expect(breaker.enter()).toBe(3_000)
    breaker.succeed()
    expect(breaker.enter()).toBe(3_000)
    clock.ms += 3_000
    expect(breaker.enter()).toMatchObject({ leave: expect.any(Function) })
    breaker.pause(86_400_000)
    expect(breaker.waitMs).toBe(600_000)
  })
})
