import { join } from 'node:path'
import type { CleanUp } from './start-api.js'
import { startPostgres } from './start-postgres.js'
import { temporaryFolder } from './temporary-folder.js'

/** A database engine: makes databases, as many as wanted, each empty. */
export interface Engine {
  name: string
  start(cleanUp: CleanUp): Promise<{ createDatabase(): Promise<string> }>
}

/** What every contract of the API is held against. */
export const ENGINES: readonly Engine[] = [
  {
    name: 'SQLite',
    async start(cleanUp) {
      const folder = await temporaryFolder()
      cleanUp(folder.remove)
      let made = 0
      return { createDatabase: async () => join(folder.path, `${made++}.db`) }
    },
  },
  { name: 'PostgreSQL', start: startPostgres },
]
