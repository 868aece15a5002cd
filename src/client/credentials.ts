import { parseSecrets } from '../http/parse-secrets.js'
import { TokenError } from './token-error.js'
import { type IssuedToken, requestToken, type TokenRequestOptions } from './token-request.js'

/** Given as a function it is in no dump of the options, and may come from where secrets are kept. */
export type Secret = string | (() => string | Promise<string>)

/** Grant `client_credentials`: an application of the account's. */
export interface ClientCredentials {
  clientId: string
  /** `new,old` or a list while it is being changed: the first that the API takes. */
  clientSecret: Secret | readonly Secret[]
}

/** Grant `password`: the account's owner; renewed by the refresh token that it brings. */
export interface PasswordCredentials {
  username: string
  password: Secret
}

/** Grant `refresh_token`: what an earlier password grant brought. */
export interface RefreshCredentials {
  refreshToken: Secret
  /** Told each refresh token that replaces the last, which is then spent: keep it for the next start. */
  onRefreshToken?: (refreshToken: string) => void
}

/** One of the three grants that the token endpoint knows. */
export type Credentials = ClientCredentials | PasswordCredentials | RefreshCredentials

const reveal = async (secret: Secret): Promise<string> => (typeof secret === 'function' ? secret() : secret)

/**
 * What obtains a token by the grant that the credentials are for.
 *
 * @throws TypeError where they are for none
 */
export function createGrants(
  credentials: Credentials,
  request: TokenRequestOptions,
): () => Promise<IssuedToken> {
  if (typeof credentials !== 'object' || credentials === null) throw noCredentials()
  if ('clientId' in credentials) {
    const { clientId, clientSecret } = credentials
    const given = Array.isArray(clientSecret) ? clientSecret : [clientSecret]
    assertGiven({ clientId, clientSecret: given[0] })
    for (const secret of given) assertGiven({ clientSecret: secret })
    return async () => {
      const secrets = (await Promise.all(given.map(reveal))).flatMap(parseSecrets)
      assertGiven({ clientSecret: secrets[0] })
      const obtain = (secret: string) =>
        requestToken({ type: 'client_credentials', clientId, clientSecret: secret }, request)
      const [first = '', ...former] = secrets
      return former.reduce<Promise<IssuedToken>>(
        (token, secret) =>
          token.catch((error: unknown) => {
            // The API does not know the newer secret yet, or another process has it already.
            if (error instanceof TokenError && error.oauthError === 'invalid_client') return obtain(secret)
            throw error
          }),
        obtain(first),
      )
    }
  }
  let latest: string | undefined
  const refresh = async (refreshToken: string): Promise<IssuedToken> => {
    const token = await requestToken({ type: 'refresh_token', refreshToken }, request)
    // Without a successor the old one stays good.
    latest = token.refreshToken ?? refreshToken
    return token
  }
  if ('username' in credentials) {
    const { username, password } = credentials
    assertGiven({ username, password })
    return async () => {
      if (latest !== undefined) {
        try {
          return await refresh(latest)
        } catch (error) {
          if (!(error instanceof TokenError && error.code === 'token_refused')) throw error
          latest = undefined
        }
      }
      const grant = { type: 'password', username, password: await reveal(password) } as const
      const token = await requestToken(grant, request)
      latest = token.refreshToken
      return token
    }
  }
  if (!('refreshToken' in credentials)) throw noCredentials()
  const { refreshToken, onRefreshToken } = credentials
  assertGiven({ refreshToken })
  return async () => {
    const before = latest ?? (await reveal(refreshToken))
    const token = await refresh(before)
    if (latest !== undefined && latest !== before) onRefreshToken?.(latest)
    return token
  }
}

const noCredentials = (): TypeError =>
  new TypeError('credentials must be { clientId, clientSecret }, { username, password } or { refreshToken }')

function assertGiven(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if ((typeof value !== 'string' && typeof value !== 'function') || value === '')
      throw new TypeError(`credentials.${name} must be given`)
  }
}
