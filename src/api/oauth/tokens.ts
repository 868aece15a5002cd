import { LRUCache } from 'lru-cache'
import { DAY_S } from '../../domain/retention.js'
import type { TokenAnswer } from '../../wire/v1.js'
import type { Db, Storage } from '../storage/storage.js'
import {
  deleteFamily,
  insertAccessToken,
  insertRefreshToken,
  rotateRefreshToken,
  selectAccessToken,
  selectRefreshToken,
} from '../storage/tokens.js'
import { deriveSecret, hashSecret, randomSecret } from './secrets.js'

const ACCESS_TOKEN_S = 7_200
/** A refresh token that nobody uses for so long is given up. */
const REFRESH_TOKEN_S = 365 * DAY_S
/** Within this time a rotation may be asked for again, since its answer may have been lost. */
const RETRY_MS = 30_000

/** For how long a token that was found is taken for good without looking again. */
const CACHE_MS = 5_000
const CACHE_TOKENS = 10_000

interface KnownToken {
  accountId: number
  expiresMs: number
}

export interface TokensOptions {
  storage: Storage
  /** From which successors of refresh tokens are derived; the same for every process on the database. */
  serverSecret: string
  now: () => number
}

interface Issue {
  accountId: number
  family: string | null
  accessToken: string
  nowMs: number
}

const issue = (db: Db, { accountId, family, accessToken, nowMs }: Issue): Promise<void> =>
  insertAccessToken(db, {
    hash: hashSecret(accessToken),
    account_id: accountId,
    family,
    expires_ms: nowMs + ACCESS_TOKEN_S * 1_000,
  })

/** An access token and the refresh token that belongs to it. */
interface Pair {
  accessToken: string
  refreshToken: string
}

async function issuePair(
  db: Db,
  { accountId, family, nowMs }: { accountId: number; family: string; nowMs: number },
  { accessToken, refreshToken }: Pair,
): Promise<TokenAnswer> {
  await issue(db, { accountId, family, accessToken, nowMs })
  await insertRefreshToken(db, {
    hash: hashSecret(refreshToken),
    account_id: accountId,
    family,
    rotated_ms: null,
    expires_ms: nowMs + REFRESH_TOKEN_S * 1_000,
  })
  return answer(accessToken, ACCESS_TOKEN_S, refreshToken)
}

/** The one successor of a refresh token. It follows from the token, so that a retry finds it again. */
const successorOf = (token: string, serverSecret: string): Pair => ({
  accessToken: deriveSecret(serverSecret, 'access', token),
  refreshToken: deriveSecret(serverSecret, 'refresh', token),
})

/** What a retry of a rotation gets, and undefined where it isn't one but a replay. */
async function retried(
  db: Db,
  { accessToken, refreshToken }: Pair,
  rotatedMs: number,
  nowMs: number,
): Promise<TokenAnswer | undefined> {
  if (nowMs - rotatedMs > RETRY_MS) return undefined
  const next = await selectRefreshToken(db, hashSecret(refreshToken))
  const access = await selectAccessToken(db, hashSecret(accessToken))
  // Whoever has used the successor had the answer, and needs no second one.
  if (!next || !access || next.rotated_ms !== null) return undefined
  const leftS = Math.floor((access.expires_ms - nowMs) / 1_000)
  return answer(accessToken, leftS, refreshToken)
}

/**
 * Exchanges a refresh token for its successor. A refresh token that comes a second time is held by two parties, one of which
 * has stolen it. The API can't tell them apart, so it revokes the whole token family (RFC 9700 section 4.14.2).
 */
async function rotate(
  db: Db,
  token: string,
  { serverSecret, now }: Pick<TokensOptions, 'serverSecret' | 'now'>,
): Promise<{ result: TokenAnswer | undefined; hasFamilyEnded: boolean }> {
  const hash = hashSecret(token)
  const row = await selectRefreshToken(db, hash)
  if (!row || row.expires_ms <= now()) return { result: undefined, hasFamilyEnded: false }
  const { account_id: accountId, family } = row
  const successor = successorOf(token, serverSecret)
  if (await rotateRefreshToken(db, hash, now())) {
    const result = await issuePair(db, { accountId, family, nowMs: now() }, successor)
    return { result, hasFamilyEnded: false }
  }
  const { rotated_ms } = (await selectRefreshToken(db, hash)) ?? row
  const again = rotated_ms === null ? undefined : await retried(db, successor, rotated_ms, now())
  if (again) return { result: again, hasFamilyEnded: false }
  await deleteFamily(db, family)
  return { result: undefined, hasFamilyEnded: true }
}

/** Issues access tokens, and finds the account of a token that a request carries. */
export function createTokens({ storage, serverSecret, now }: TokensOptions) {
  const known = new LRUCache<string, KnownToken>({ max: CACHE_TOKENS, ttl: CACHE_MS })
  return {
    /** Of the client_credentials grant. */
    async issueToClient(accountId: number): Promise<TokenAnswer> {
      const accessToken = randomSecret()
      await storage.write(db => issue(db, { accountId, family: null, accessToken, nowMs: now() }))
      return answer(accessToken, ACCESS_TOKEN_S)
    },

    /** Of the password grant: with a refresh token, the first of a family. */
    issueToUser(accountId: number): Promise<TokenAnswer> {
      const [accessToken, refreshToken, family] = [randomSecret(), randomSecret(), randomSecret()]
      return storage.write(db =>
        issuePair(db, { accountId, family, nowMs: now() }, { accessToken, refreshToken }),
      )
    },

    /**
     * Of the refresh_token grant.
     *
     * @returns undefined where the token is worth nothing
     */
    async refresh(token: string): Promise<TokenAnswer | undefined> {
      // Garbage costs a look, and no transaction.
      if (!(await selectRefreshToken(storage.db, hashSecret(token)))) return undefined
      const { result, hasFamilyEnded } = await storage.write(db => rotate(db, token, { serverSecret, now }))
      if (hasFamilyEnded) known.clear()
      return result
    },

    /** @returns undefined where the token is unknown or its time is over */
    async accountOf(token: string): Promise<number | undefined> {
      const hash = hashSecret(token)
      let found = known.get(hash)
      if (!found) {
        const row = await selectAccessToken(storage.db, hash)
        if (!row) return undefined
        found = { accountId: row.account_id, expiresMs: row.expires_ms }
        known.set(hash, found)
      }
      return found.expiresMs > now() ? found.accountId : undefined
    },

    /** Looks at the database again for every token; after some were revoked. */
    forget: () => known.clear(),
  }
}

export type Tokens = ReturnType<typeof createTokens>

function answer(accessToken: string, expiresInS: number, refreshToken?: string): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: expiresInS,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    scope: 'public',
  }
}
