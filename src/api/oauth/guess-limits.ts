import { LRUCache } from 'lru-cache'

/** Wrong guesses that an address, and that all strangers together at one account, may make in a minute. */
const GUESSES_A_MINUTE = 10

/**
 * First tries of addresses at an account whose strangers have guessed too often: so its owner gets in from a new place while
 * others guess from everywhere.
 */
const FIRST_TRIES_A_MINUTE = 60

const MINUTE_MS = 60_000
const MAX_KEYS = 100_000

/** Guesses are taken from it and come back with time. */
interface Bucket {
  left: number
  atMs: number
}

export interface Guess {
  /** Whose secret is guessed: a key that is the same for known and unknown accounts. */
  account: string
  /** Where the guess comes from; undefined where that is not known. */
  address: string | undefined
}

type Admission =
  | {
      admitted: true
      /** Whether this address has logged in to the account before. */
      isKnown: boolean
      /** To be called unless the guess was wrong: only wrong ones count. One that could not be checked proves nothing. */
      takeBack(outcome: 'right' | 'unchecked'): void
    }
  | { admitted: false; retryAfterS: number }

/**
 * Limits on guesses of passwords and client secrets, in this process. An address that has logged in to an account before
 * has its own allowance there, so that strangers can't use it up. A guess counts from its start, so that many at once are
 * no way around it.
 */
export function createGuessLimits(now: () => number) {
  const buckets = new LRUCache<string, Bucket>({ max: MAX_KEYS })
  const known = new LRUCache<string, true>({ max: MAX_KEYS })

  function bucketOf(key: string, limit: number): Bucket {
    const nowMs = now()
    const bucket = buckets.get(key) ?? { left: limit, atMs: nowMs }
    const regained = (Math.max(0, nowMs - bucket.atMs) * limit) / MINUTE_MS
    const fresh = { left: Math.min(limit, bucket.left + regained), atMs: nowMs }
    buckets.set(key, fresh)
    return fresh
  }

  /** Milliseconds until a bucket has a guess again. */
  const waitMs = ({ left }: Bucket, limit: number): number =>
    left >= 1 ? 0 : ((1 - left) * MINUTE_MS) / limit

  function admit(
    taken: readonly Bucket[],
    keys: readonly string[],
    pair: string,
    isKnown: boolean,
  ): Admission {
    for (const bucket of taken) bucket.left--
    return {
      admitted: true,
      isKnown,
      takeBack(outcome) {
        for (const [index, bucket] of taken.entries()) {
          // A bucket is replaced when it is looked at: what is given back goes into that of now.
          const current = buckets.get(keys[index] ?? '') ?? bucket
          current.left++
        }
        if (outcome === 'right') known.set(pair, true)
      },
    }
  }

  const refuse = (ms: number): Admission => ({
    admitted: false,
    retryAfterS: Math.max(1, Math.ceil(ms / 1_000)),
  })

  return ({ account, address = '' }: Guess): Admission => {
    const pair = `pair ${account} ${address}`
    const own = bucketOf(pair, GUESSES_A_MINUTE)
    if (known.has(pair)) {
      const ms = waitMs(own, GUESSES_A_MINUTE)
      return ms > 0 ? refuse(ms) : admit([own], [pair], pair, true)
    }
    const addressKey = `address ${address}`
    const accountKey = `account ${account}`
    const isFirstTry = own.left >= GUESSES_A_MINUTE
    const everyone = bucketOf(accountKey, GUESSES_A_MINUTE)
    const firstKey = `first ${account}`
    const shared =
      everyone.left < 1 && isFirstTry
        ? { key: firstKey, bucket: bucketOf(firstKey, FIRST_TRIES_A_MINUTE), limit: FIRST_TRIES_A_MINUTE }
        : { key: accountKey, bucket: everyone, limit: GUESSES_A_MINUTE }
    const taken = [own, shared.bucket]
    const keys = [pair, shared.key]
    let ms = Math.max(waitMs(own, GUESSES_A_MINUTE), waitMs(shared.bucket, shared.limit))
    if (address !== '') {
      const ofAddress = bucketOf(addressKey, GUESSES_A_MINUTE)
      ms = Math.max(ms, waitMs(ofAddress, GUESSES_A_MINUTE))
      taken.push(ofAddress)
      keys.push(addressKey)
    }
    return ms > 0 ? refuse(ms) : admit(taken, keys, pair, false)
  }
}
