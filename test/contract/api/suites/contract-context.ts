import { beforeAll } from 'vitest'
import type { Caller } from '../../../support/api-caller.js'
import { cleanUpAfterAll } from '../../../support/clean-up-after-all.js'
import type { Engine } from '../../../support/engines.js'
import { createCheckedFetch } from '../../../support/openapi-check.js'
import { callerOf, type RunningApi, startApi } from '../../../support/start-api.js'

/** What the suites of one engine share; it is there once `beforeAll` has run. */
export interface ContractContext extends RunningApi {
  /** Speaks for the first account; every answer is held against `/openapi.json`. */
  caller: Caller
  /** Speaks for an account of its own. */
  newAccount(): Promise<Caller>
  /** A database that nobody uses. */
  createDatabase(): Promise<string>
  /** As `fetch`, every answer held against `/openapi.json`. */
  send: typeof fetch
}

/** Starts the API on an engine before the tests that follow. */
export function useContractContext({ start }: Engine): ContractContext {
  const context = {} as ContractContext
  const cleanUp = cleanUpAfterAll()
  beforeAll(async () => {
    const { createDatabase } = await start(cleanUp)
    const running = await startApi(cleanUp, { db: await createDatabase() })
    const send = await createCheckedFetch(running.url)
    const caller = await callerOf(running, undefined, send)
    const newAccount = async () => {
      const account = await running.api.accounts.add()
      return callerOf(running, account, send)
    }
    Object.assign(context, running, { createDatabase, caller, newAccount, send })
  })
  return context
}
