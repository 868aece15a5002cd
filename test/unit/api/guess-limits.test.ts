import { expect, test } from 'vitest'
import { createGuessLimits } from '../../../src/api/oauth/guess-limits.js'

function limits() {
  const clock = { ms: 1_000_000 }
  const admit = createGuessLimits(() => clock.ms)
  /** A guess that is wrong. @returns whether it was let in */
  const guess = (address: string | undefined, account = 'owner') => admit({ account, address }).admitted
  /** A log-in with the right secret. @returns whether it was let in */
  const logIn = (address: string | undefined, account = 'owner') => {
    const admission = admit({ account, address })
    if (admission.admitted) admission.takeBack('right')
    return admission.admitted
  }
  return { clock, admit, guess, logIn }
}

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

test('an address has ten wrong guesses a minute, at whatever accounts', () => {
  const { clock, guess } = limits()
  expect(times(12, n => guess('1.1.1.1', `account-${n}`)).filter(Boolean)).toHaveLength(10)
  expect(guess('2.2.2.2', 'account-0')).toBe(true)
  clock.ms += 6_000
  expect([guess('1.1.1.1', 'a'), guess('1.1.1.1', 'b')]).toEqual([true, false])
})

test('right log-ins use nothing up, also beside wrong ones', () => {
  const { guess, logIn } = limits()
  expect(times(100, () => logIn('1.1.1.1')).every(Boolean)).toBe(true)
  expect(times(12, () => guess('1.1.1.1')).filter(Boolean)).toHaveLength(10)
})

test('strangers from everywhere lock no owner out, at home or at a new place', () => {
  const { guess, logIn } = limits()
  expect(logIn('home')).toBe(true)
  const let_in = times(40, n => guess(`stranger-${n % 20}`)).filter(Boolean)
  expect(let_in.length).toBeLessThanOrEqual(30)
  expect([logIn('home'), logIn('a new place')]).toEqual([true, true])
})

test('first tries from new places are bounded too, and the home of the owner is not', () => {
  const { guess, logIn } = limits()
  expect(logIn('home')).toBe(true)
  expect(times(1_000, n => guess(`stranger-${n}`)).filter(Boolean)).toHaveLength(70)
  expect([logIn('a new place'), logIn('home')]).toEqual([false, true])
})

test('a known address has ten wrong guesses at its account, whatever strangers do', () => {
  const { guess, logIn } = limits()
  expect(logIn('home')).toBe(true)
  times(20, () => guess('stranger'))
  expect(times(12, () => guess('home')).filter(Boolean)).toHaveLength(10)
})

test('guesses that run at once count from their start', () => {
  const { admit } = limits()
  const admissions = times(34, () => admit({ account: 'owner', address: '1.1.1.1' }))
  expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(10)
  const refused = admissions.find(({ admitted }) => !admitted)
  expect(refused).toEqual({ admitted: false, retryAfterS: 6 })
})

test('what could not be checked gives its guess back, and makes no address known', () => {
  const { admit, guess } = limits()
  for (const _ of times(20, n => n)) {
    const admission = admit({ account: 'owner', address: '1.1.1.1' })
    if (admission.admitted) admission.takeBack('unchecked')
    expect(admission).toMatchObject({ admitted: true, isKnown: false })
  }
  expect(times(12, () => guess('1.1.1.1')).filter(Boolean)).toHaveLength(10)
})

test('without an address an account alone is limited', () => {
  const { guess } = limits()
  expect(times(12, () => guess(undefined)).filter(Boolean)).toHaveLength(10)
  expect(guess(undefined, 'another')).toBe(true)
})
