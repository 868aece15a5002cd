import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenError } from '../../../src/client/token-error.js'
import type { IssuedToken } from '../../../src/client/token-request.js'
import { createTokenSource } from '../../../src/client/token-source.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A token source over a clock that moves when told, and an endpoint that answers when told. */
function build({ lifeMs = 2 * HOUR_MS, luck = 0 }: { lifeMs?: number; luck?: number } = {}) {
  const time = { wallMs: 1_700_000_000_000, monotonicMs: 5_000 }
  const pending: { resolve(): void; reject(error: unknown): void }[] = []
  let asked = 0
  const tokens = createTokenSource({
    obtain: () =>
      new Promise<IssuedToken>((resolve, reject) => {
        const value = `token-${++asked}`
        pending.push({
          resolve: () => resolve({ accessToken: value, lifeMs, refreshToken: undefined }),
          reject,
        })
      }),
    clock: { now: () => time.wallMs, monotonic: () => time.monotonicMs },
    random: () => luck,
    maxFlightMs: 20_000,
  })
  const settle = async (action: (one: { resolve(): void; reject(error: unknown): void }) => void) => {
    for (const one of pending.splice(0)) action(one)
    // The token source reacts in microtasks; this lets them run.
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return {
    tokens,
    asked: () => asked,
    answer: () => settle(one => one.resolve()),
    fail: (error: unknown) => settle(one => one.reject(error)),
    pass: (ms: number) => {
      time.wallMs += ms
      time.monotonicMs += ms
    },
    time,
    /** Gets the first token. */
    start: async () => {
      const first = tokens.get()
      await settle(one => one.resolve())
      return first
    },
  }
}

const down = () => new TokenError({ code: 'token_unavailable', status: 503 })

test('however many ask at once, one request is made', async () => {
  const { tokens, asked, answer } = build()
  const all = Promise.all(Array.from({ length: 100 }, () => tokens.get()))
  await answer()
  expect(new Set((await all).map(({ value }) => value))).toEqual(new Set(['token-1']))
  expect(asked()).toBe(1)
})

test('a token is used without asking again until its last tenth', async () => {
  const { tokens, asked, pass, start } = build()
  await start()
  pass(1.8 * HOUR_MS - 1)
  expect((await tokens.get()).value).toBe('token-1')
  expect(asked()).toBe(1)
  pass(1)
  await tokens.get()
  expect(asked()).toBe(2)
})

test('a short life is renewed a minute before its end, a shorter one at its half', async () => {
  for (const [lifeMs, renewedAtMs] of [
    [300_000, 240_000],
    [120_000, 60_000],
    [60_000, 30_000],
    [10_000, 5_000],
  ] as const) {
    const { tokens, asked, pass, start } = build({ lifeMs })
    await start()
    pass(renewedAtMs - 1)
    await tokens.get()
    expect(asked(), `${lifeMs} early`).toBe(1)
    pass(1)
    await tokens.get()
    expect(asked(), `${lifeMs} due`).toBe(2)
  }
})

test('nobody waits for an early renewal, nor fails with it', async () => {
  const { tokens, pass, start, fail, answer, asked } = build()
  await start()
  pass(1.9 * HOUR_MS)
  expect((await tokens.get()).value).toBe('token-1')
  await fail(down())
  expect((await tokens.get()).value).toBe('token-1')
  expect(asked()).toBe(2)
  pass(1_000)
  expect((await tokens.get()).value).toBe('token-1')
  await answer()
  expect((await tokens.get()).value).toBe('token-3')
})

test('a token that has ended is not used, whatever happens', async () => {
  const { tokens, pass, start, fail } = build()
  await start()
  pass(2 * HOUR_MS)
  const next = tokens.get()
  const refused = expect(next).rejects.toMatchObject({ code: 'token_unavailable' })
  await fail(down())
  await refused
  await expect(tokens.get()).rejects.toMatchObject({ code: 'token_unavailable' })
})

test('after a failure nobody asks before the wait is over, and everyone is told how long', async () => {
  const { tokens, asked, fail, pass, answer } = build()
  const first = expect(tokens.get()).rejects.toMatchObject({ retryAfterMs: 1_000 })
  await fail(down())
  await first
  pass(400)
  await expect(tokens.get()).rejects.toMatchObject({
    code: 'token_unavailable',
    status: 503,
    retryAfterMs: 600,
  })
  expect(asked()).toBe(1)
  pass(600)
  const second = tokens.get()
  await answer()
  expect((await second).value).toBe('token-2')
})

test('a Retry-After of the endpoint is kept', async () => {
  const { tokens, asked, fail, pass } = build()
  const first = expect(tokens.get()).rejects.toMatchObject({ retryAfterMs: 30_000 })
  await fail(new TokenError({ code: 'token_unavailable', retryAfterMs: 30_000 }))
  await first
  pass(29_999)
  await expect(tokens.get()).rejects.toThrow(TokenError)
  expect(asked()).toBe(1)
})

test('failures in a row are asked about less and less, at most once a second and at least once a minute', async () => {
  const { tokens, asked, fail, pass } = build({ luck: 0.999_999 })
  const waits: number[] = []
  for (let i = 0; i < 9; i++) {
    const failed = tokens.get().catch((error: TokenError) => error)
    await fail(down())
    const { retryAfterMs = 0 } = (await failed) as TokenError
    waits.push(Math.round(retryAfterMs / 1_000))
    pass(retryAfterMs)
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60])
  expect(asked()).toBe(9)
})

test('a 401 replaces the token once, however many got one', async () => {
  const { tokens, asked, start, answer } = build()
  const first = await start()
  const all = Promise.all(Array.from({ length: 100 }, () => tokens.replace(first)))
  await answer()
  expect(new Set((await all).map(token => token?.value))).toEqual(new Set(['token-2']))
  expect((await tokens.replace(first))?.value).toBe('token-2')
  expect(asked()).toBe(2)
})

test('while a rejected token is replaced, nobody new is given it', async () => {
  const { tokens, start, answer } = build()
  const first = await start()
  const replaced = tokens.replace(first)
  const other = tokens.get()
  await answer()
  expect((await other).value).toBe('token-2')
  expect((await replaced)?.value).toBe('token-2')
})

test('an API that answers 401 whatever the token has no endless renewals', async () => {
  const { tokens, asked, start, answer, pass } = build()
  let token = await start()
  // A minute in which every request, ten a second, is answered 401.
  for (let i = 0; i < 600; i++) {
    const replaced = tokens.replace(token)
    await answer()
    token = (await replaced) ?? token
    pass(100)
  }
  expect(asked()).toBeLessThanOrEqual(61)
  expect(asked()).toBeGreaterThan(1)
})

test('renewals for 401s in a row come less and less often', async () => {
  const { tokens, asked, start, answer, pass } = build({ luck: 0.999_999 })
  let token = await start()
  for (let i = 0; i < 3_000; i++) {
    const replaced = tokens.replace(token)
    await answer()
    token = (await replaced) ?? token
    pass(100)
  }
  // Five minutes: at 0, 2, 6, 14, 30, 62 s, then once a minute.
  expect(asked() - 1).toBeLessThanOrEqual(10)
})

test('one waiter that gives up does not take the token from the others', async () => {
  const { tokens, answer, asked } = build()
  const controller = new AbortController()
  const gone = expect(tokens.get(controller.signal)).rejects.toBe('enough')
  const stays = tokens.get()
  controller.abort('enough')
  await gone
  await answer()
  expect((await stays).value).toBe('token-1')
  expect(asked()).toBe(1)
})

test('who comes with an aborted signal asks for nothing', async () => {
  const { tokens, asked } = build()
  await expect(tokens.get(AbortSignal.abort('no'))).rejects.toBe('no')
  expect(asked()).toBe(0)
})

test('a failure that everyone has stopped waiting for is no unhandled rejection', async () => {
  const { tokens, fail } = build()
  const controller = new AbortController()
  const gone = expect(tokens.get(controller.signal)).rejects.toBe('enough')
  controller.abort('enough')
  await gone
  // Vitest fails the run on an unhandled rejection.
  await fail(down())
})

test('a request that never settles is given up, and asked anew', async () => {
  const { tokens, asked, answer, pass } = build()
  const never = tokens.get()
  pass(20_000)
  const second = tokens.get()
  expect(asked()).toBe(2)
  await answer()
  expect((await second).value).toBe('token-2')
  await never
})

test('a clock that jumps a day costs at most one renewal', async () => {
  for (const jumpMs of [DAY_MS, -DAY_MS]) {
    const { tokens, asked, start, time, answer, pass } = build()
    await start()
    time.wallMs += jumpMs
    const next = tokens.get()
    await answer()
    await next
    pass(HOUR_MS)
    await tokens.get()
    expect(asked()).toBe(jumpMs > 0 ? 2 : 1)
  }
})

test('a clock set back does not stretch a life, nor does a machine that slept', async () => {
  const setBack = build()
  await setBack.start()
  setBack.time.wallMs -= DAY_MS
  setBack.time.monotonicMs += 2 * HOUR_MS
  const first = setBack.tokens.get()
  await setBack.answer()
  expect((await first).value).toBe('token-2')

  const slept = build()
  await slept.start()
  slept.time.wallMs += 2 * HOUR_MS
  const second = slept.tokens.get()
  await slept.answer()
  expect((await second).value).toBe('token-2')
})

test('whatever happens in whatever order, requests keep their distance and versions grow', async () => {
  const step = fc.oneof(
    fc.constant('get' as const),
    fc.constant('replace' as const),
    fc.constant('answer' as const),
    fc.constant('fail' as const),
    fc.nat({ max: 400 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const { tokens, asked, answer, fail, pass, time } = build({ lifeMs: 10_000 })
      let held: Awaited<ReturnType<typeof tokens.get>> | undefined
      let version = 0
      const keep = (token: typeof held) => {
        if (!token) return
        expect(token.version).toBeGreaterThanOrEqual(version)
        version = token.version
        held = token
      }
      const ignore = (error: unknown) => expect(error).toBeInstanceOf(TokenError)
      const startMs = time.monotonicMs
      for (const one of steps) {
        if (one === 'get') tokens.get().then(keep, ignore)
        else if (one === 'replace') held && tokens.replace(held).then(keep, ignore)
        else if (one === 'answer') await answer()
        else if (one === 'fail') await fail(down())
        else pass(one)
      }
      await answer()
      // The first, one a second for failures, one a second for 401s.
      expect(asked()).toBeLessThanOrEqual(2 + (2 * (time.monotonicMs - startMs)) / 1_000)
    }),
    { numRuns: 300 },
  )
})
