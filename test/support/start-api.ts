import { join } from 'node:path'
import { type Api, type ApiOptions, createApi, serveApi } from '../../src/api/index.js'
import { createCaller, obtainToken } from './api-caller.js'
import { temporaryFolder } from './temporary-folder.js'

/** How to undo what was made; `onTestFinished` is such, and `cleanUpAfterAll()`. */
export type CleanUp = (undo: () => Promise<void>) => void

/** The credentials of the first account; the password is hashed slowly, so that a test which needs none shares it. */
export const CREDENTIALS = {
  email: 'owner@example.com',
  password: 'correct horse battery staple',
  clientId: 'client-1',
  clientSecret: 'secret-1',
}

export interface RunningApi {
  api: Api
  url: string
  db: string
}

/** An API that listens on a port of its own, on a SQLite file of its own unless `db` says otherwise. */
export async function startApi(cleanUp: CleanUp, options: Partial<ApiOptions> = {}): Promise<RunningApi> {
  const db = options.db ?? (await temporaryDb(cleanUp))
  const api = await createApi({ account: CREDENTIALS, ...options, db })
  const server = await serveApi(api, { port: 0 })
  cleanUp(async () => {
    await server.close()
    await api.close()
  })
  return { api, url: server.url, db }
}

async function temporaryDb(cleanUp: CleanUp): Promise<string> {
  const folder = await temporaryFolder()
  cleanUp(folder.remove)
  return join(folder.path, 'api.db')
}

/** Calls the running API with an account's token, the first one's unless told otherwise. */
export async function callerOf(
  { url }: Pick<RunningApi, 'url'>,
  credentials: { clientId: string; clientSecret: string } = CREDENTIALS,
  send = fetch,
) {
  return createCaller(url, await obtainToken(url, credentials), send)
}
