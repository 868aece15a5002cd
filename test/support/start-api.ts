import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Api, type ApiOptions, createApi, serveApi } from '../../src/api/index.js'
import { createCaller, obtainToken } from './api-caller.js'
import { temporaryFolder } from './temporary-folder.js'

/** How to undo what was made; `onTestFinished` is such, and `cleanUpAfterAll()`. */
export type CleanUp = (undo: () => Promise<void>) => void

/** The credentials of the first account. */
export const CREDENTIALS = {
  email: 'owner@example.com',
  password: 'correct horse battery staple',
  clientId: 'client-1',
  clientSecret: 'Qm8vZ2xT4kWcR7yLpJ0sNbE5uHdA9fGi',
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

/** A database that has the first account. Its password is hashed slowly, so that this is done once for a file of tests. */
let template: Promise<Buffer> | undefined

async function createTemplate(): Promise<Buffer> {
  const folder = await temporaryFolder()
  const db = join(folder.path, 'template.db')
  const api = await createApi({ account: CREDENTIALS, db })
  // Closing folds the write-ahead log into the file.
  await api.close()
  const bytes = await readFile(db)
  await folder.remove()
  return bytes
}

async function temporaryDb(cleanUp: CleanUp): Promise<string> {
  const folder = await temporaryFolder()
  cleanUp(folder.remove)
  template ??= createTemplate()
  const db = join(folder.path, 'api.db')
  await writeFile(db, await template)
  return db
}

/** Calls the running API with an account's token, the first one's unless told otherwise. */
export async function callerOf(
  { url }: Pick<RunningApi, 'url'>,
  credentials: { clientId: string; clientSecret: string } = CREDENTIALS,
  send = fetch,
) {
  return createCaller(url, await obtainToken(url, credentials), send)
}
