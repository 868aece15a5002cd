import { beforeAll } from 'vitest'
import { type Client, type ClientOptions, createClient, type Parsed } from '../../../../src/client/index.js'
import type { EndUser } from '../../../../src/wire/v1.js'
import { cleanUpAfterAll } from '../../../support/clean-up-after-all.js'
import type { Engine } from '../../../support/engines.js'
import { CREDENTIALS, type RunningApi, startApi } from '../../../support/start-api.js'

/** What the suites of one engine share; it is there once `beforeAll` has run. */
export interface ClientContext extends RunningApi {
  client: Client
  /** A client of an account of its own. */
  newAccount(): Promise<Client>
  /** An e-mail that nobody has. */
  newEmail(): string
  newEndUser(): Promise<Parsed<EndUser>>
  /** A database that nobody uses. */
  createDatabase(): Promise<string>
}

const { clientId, clientSecret } = CREDENTIALS

export const createTestClient = (baseUrl: string, options: Partial<ClientOptions> = {}): Client =>
  createClient({ baseUrl, credentials: { clientId, clientSecret }, ...options })

/** Starts the API on an engine before the tests that follow, and a client of it. */
export function useClientContext({ start }: Engine): ClientContext {
  const context = {} as ClientContext
  const cleanUp = cleanUpAfterAll()
  beforeAll(async () => {
    const { createDatabase } = await start(cleanUp)
    const running = await startApi(cleanUp, { db: await createDatabase() })
    const client = createTestClient(running.url)
    let made = 0
    const newEmail = () => `user-${++made}@example.com`
    Object.assign(context, running, {
      client,
      createDatabase,
      newEmail,
      newEndUser: () => client.endUsers.create({ email: newEmail() }),
      newAccount: async () =>
        createTestClient(running.url, { credentials: await running.api.accounts.add() }),
    })
  })
  return context
}
