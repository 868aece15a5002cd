import type { TokenAnswer } from '../wire/v1.js'

/** Something went wrong between the page and its API. */
export class RequestError extends Error {
  override name = 'RequestError'
  /** 0 where there was no HTTP response. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Speaks for an account, or for a share link. */
export interface Session {
  /** What is shared is seen without comments, filters and settings. */
  readonly shared: boolean
  /** @throws RequestError; the signal's reason where it was aborted */
  get<T>(path: string, signal?: AbortSignal): Promise<T>
  send<T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T>
}

/** So long before its end a token is exchanged, in milliseconds. */
const MARGIN_MS = 60_000

async function requestToken(fields: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch('/oauth/token', { method: 'POST', body: new URLSearchParams(fields) }).catch(
    () => {
      throw new RequestError(0, 'The API can not be reached.')
    },
  )
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new RequestError(response.status, body.error_description ?? 'Signing in failed.')
  return body
}

async function read<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => undefined)
  if (response.ok) return body
  throw new RequestError(
    response.status,
    body?.errors?.[0]?.message ?? `The API answered ${response.status}.`,
  )
}

/** Hears that a session has ended: it may be one that another has followed meanwhile. */
export type OnExpired = (session: Session) => void

function createSession(shared: boolean, tokenOf: () => Promise<string>, onExpired: OnExpired): Session {
  async function fetchJson<T>(path: string, init: RequestInit): Promise<T> {
    const token = await tokenOf()
    const headers = { ...init.headers, Authorization: `Bearer ${token}` }
    const response = await fetch(path, { ...init, headers }).catch(error => {
      if (init.signal?.aborted) throw error
      throw new RequestError(0, 'The API can not be reached.')
    })
    return read<T>(response)
  }
  async function call<T>(path: string, init: RequestInit): Promise<T> {
    try {
      return await fetchJson<T>(path, init)
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) onExpired(session)
      throw error
    }
  }
  const session: Session = {
    shared,
    get: (path, signal) => call(path, signal ? { signal } : {}),
    send: (method, path, body) =>
      call(path, { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  }
  return session
}

/**
 * Signs in with the account's e-mail and password. The tokens live in this page's memory alone, so that a reload signs out.
 *
 * @throws RequestError
 */
export async function signIn(username: string, password: string, onExpired: OnExpired): Promise<Session> {
  let answer = await requestToken({ grant_type: 'password', username, password })
  let expiresMs = Date.now() + answer.expires_in * 1_000
  let refreshing: Promise<void> | undefined

  async function refresh(): Promise<void> {
    if (!answer.refresh_token) return
    const { refresh_token } = answer
    answer = await requestToken({ grant_type: 'refresh_token', refresh_token }).catch(error => {
      // A refusal of the refresh token, whatever its status, says that the session is over.
      throw error.status >= 400 && error.status < 500 ? new RequestError(401, error.message) : error
    })
    expiresMs = Date.now() + answer.expires_in * 1_000
  }

  const tokenOf = async () => {
    if (Date.now() > expiresMs - MARGIN_MS) {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      await refreshing
    }
    return answer.access_token
  }
  return createSession(false, tokenOf, onExpired)
}

/** Follows a share link. */
export const openShare = (token: string, onExpired: OnExpired): Session =>
  createSession(true, async () => token, onExpired)
