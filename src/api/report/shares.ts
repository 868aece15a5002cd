import { deriveSecret, equalHashes } from '../oauth/secrets.js'

/** What a share link shows, and to whose figures it leads. */
export interface Share {
  accountId: number
  /** Milliseconds since 1970. */
  expiresMs: number
  /** The report's parameters, which who follows the link can't change. */
  parameters: Readonly<Record<string, unknown>>
}

/** Tells a share's token from an access token. */
const PREFIX = 'share.'

/** Signs share links with the server's secret, and knows its own again. */
export function createShares({ secret, now }: { secret: string; now: () => number }) {
  const sign = (body: string) => deriveSecret(secret, 'share', body)
  return {
    sign({ accountId, expiresMs, parameters }: Share): string {
      const body = Buffer.from(JSON.stringify([accountId, expiresMs, parameters])).toString('base64url')
      return `${PREFIX}${body}.${sign(body)}`
    },
    /** @returns undefined where the token is no share, not ours, or expired */
    open(token: string): Share | undefined {
      if (!token.startsWith(PREFIX)) return undefined
      const [body = '', signature = ''] = token.slice(PREFIX.length).split('.', 2)
      if (!equalHashes(signature, sign(body))) return undefined
      const [accountId, expiresMs, parameters] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [
        number,
        number,
        Share['parameters'],
      ]
      return expiresMs > now() ? { accountId, expiresMs, parameters } : undefined
    },
  }
}

export type Shares = ReturnType<typeof createShares>
