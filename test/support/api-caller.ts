import type { EndUser, TokenAnswer } from '../../src/wire/v1.js'

/** An answer with its body read. */
export interface Answer<T = unknown> {
  status: number
  headers: Headers
  body: T
}

export async function readAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  const body = (text === '' ? undefined : JSON.parse(text)) as T
  return { status: response.status, headers: response.headers, body }
}

export async function postToken<T = TokenAnswer>(
  url: string,
  fields: Record<string, string>,
  send = fetch,
): Promise<Answer<T>> {
  const body = new URLSearchParams(fields)
  return readAnswer<T>(await send(`${url}/oauth/token`, { method: 'POST', body }))
}

export async function obtainToken(
  url: string,
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
): Promise<string> {
  const { body } = await postToken(url, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  return body.access_token
}

export interface CallOptions {
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent urlencoded, as it stands. */
  form?: string
  /** Sent as multipart. */
  multipart?: FormData
}

/** Calls an API over HTTP with one account's token. */
export function createCaller(url: string, token: string, send = fetch) {
  async function call<T = unknown>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const { headers, json, form, multipart } = options
    const type =
      json !== undefined
        ? 'application/json'
        : form !== undefined
          ? 'application/x-www-form-urlencoded'
          : undefined
    const body = json !== undefined ? JSON.stringify(json) : (form ?? multipart)
    const response = await send(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(type && { 'content-type': type }), ...headers },
      ...(body !== undefined && { body }),
    })
    return readAnswer<T>(response)
  }

  let made = 0
  return {
    url,
    token,
    call,
    get: <T>(path: string) => call<T>('GET', path),
    post: <T>(path: string, json: unknown = {}, headers: Record<string, string> = {}) =>
      call<T>('POST', path, { json, headers }),
    put: <T>(path: string, json: unknown) => call<T>('PUT', path, { json }),
    delete: <T>(path: string) => call<T>('DELETE', path),
    /** An end user whom nobody else has. */
    async newEndUser(fields: object = {}): Promise<EndUser> {
      const email = `user-${process.pid}-${Date.now()}-${made++}@example.com`
      const { body } = await call<EndUser>('POST', '/v1/end_users', { json: { email, ...fields } })
      return body
    },
  }
}

export type Caller = ReturnType<typeof createCaller>
