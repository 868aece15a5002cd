import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { createSemaphore } from '../../runtime/semaphore.js'

/** OWASP's recommendation for scrypt; 128 MiB a password. */
const COST: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 2 ** 20 }
const KEY_BYTES = 32

/** Of the whole process, whose threads and memory they are: a flood of guesses must not take them all. */
const semaphore = createSemaphore({ maxRunning: 2, maxWaiting: 256 })

const derive = (password: string, salt: Buffer, lane?: string): Promise<Buffer> =>
  semaphore(
    () =>
      new Promise((resolve, reject) =>
        scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) =>
          error ? reject(error) : resolve(key),
        ),
      ),
    lane,
  )

/** What is stored of a password: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/**
 * Whether `password` is the one behind `hash`. Where there is no such user, `hash` is undefined, and it takes as long.
 *
 * @param lane in which it waits for its turn; see {@link createSemaphore}
 * @throws ZerotenError `busy` where too many are waiting
 */
export async function isPassword(
  password: string,
  hash: string | undefined,
  lane?: string,
): Promise<boolean> {
  const [salt = '', key = ''] = hash?.split('$').slice(4) ?? []
  const derived = await derive(password, hash ? Buffer.from(salt, 'base64url') : randomBytes(16), lane)
  const stored = Buffer.from(key, 'base64url')
  return hash !== undefined && stored.length === derived.length && timingSafeEqual(derived, stored)
}
