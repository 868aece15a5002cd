import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { useContractContext } from '../contract/api/suites/contract-context.js'
import { endUserSuite } from '../contract/api/suites/end-users.js'
import { idempotencySuite } from '../contract/api/suites/idempotency.js'
import { isolationSuite } from '../contract/api/suites/isolation.js'
import { laterDocumentSuite } from '../contract/api/suites/later-document.js'
import { listSuite } from '../contract/api/suites/lists.js'
import { recordSuite } from '../contract/api/suites/records.js'
import { requestSuite } from '../contract/api/suites/requests.js'
import { tokenSuite } from '../contract/api/suites/tokens.js'
import type { Engine } from '../support/engines.js'
import { freePort } from '../support/free-port.mjs'
import { startPostgres } from '../support/start-postgres.js'
import { serverFolder, startServer } from './start-server.js'

/** PostgreSQL behind PgBouncer, whose server connections change hands after each transaction. */
const engine: Engine = {
  name: 'PostgreSQL through PgBouncer',
  async start(cleanUp) {
    const postgres = await startPostgres(cleanUp)
    const direct = new URL(await postgres.createDatabase())
    const folder = await serverFolder(cleanUp)
    const port = await freePort()
    const settings = join(folder, 'pgbouncer.ini')
    await writeFile(
      settings,
      `[databases]
* = host=${direct.searchParams.get('host')} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
max_client_conn = 1000
`,
    )
    await startServer(cleanUp, 'pgbouncer', [settings], { cwd: folder, ready: /process up/ })
    return {
      async createDatabase() {
        const { pathname } = new URL(await postgres.createDatabase())
        return `postgres://postgres@127.0.0.1:${port}${pathname}`
      },
    }
  },
}

describe(`the v1 API on ${engine.name}`, () => {
  const context = useContractContext(engine)
  describe('end users', () => endUserSuite(context))
  describe('responses, declines and page views', () => recordSuite(context))
  describe('lists', () => listSuite(context))
  describe('requests', () => requestSuite(context))
  describe('the later document', () => laterDocumentSuite(context))
  describe('tokens', () => tokenSuite(context))
  describe('idempotency keys', () => idempotencySuite(context))
  describe('accounts', () => isolationSuite(context))
})
