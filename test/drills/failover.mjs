/**
 * `npm run drill:failover -- [--kills N] [--async] [--cut MS]`: what a cluster of PostgreSQL loses when its primary dies under
 * load. Three nodes under Patroni with etcd, HAProxy before them, two `zeroten api`, one `zeroten proxy`; writes carry
 * idempotency keys and are repeated until they are acknowledged. The primary is killed N times. At the end the database is
 * looked through for everything that was acknowledged.
 *
 * Patroni's `synchronous_mode_strict` is on; `--async` leaves it off, as it is by default. Debian, with its packages; as root,
 * the servers run as `postgres`.
 */
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { freePort } from '../support/free-port.mjs'
import { startCluster, until } from './cluster.mjs'
import { createProcesses, findServers, serverUser } from './processes.mjs'
import { createLedger, startClient, startVisitors } from './writers.mjs'

const CLI = join(import.meta.dirname, '../../dist/cli.js')
const GOAL_S = 30
/** Writes that are not back after so long count as never. */
const PATIENCE_MS = 120_000
/** Under load, between two kills. */
const LOAD_MS = 3_000
const WRITERS = 4
const ACCOUNT = { id: 'drill', secret: 'd8e8fca2dc0f896fd7cb4cb0031ba249d8e8fca2' }

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    async: { type: 'boolean', default: false },
    cut: { type: 'string', default: '300' },
  },
})
const [kills, cutMs] = [Number(values.kills), Number(values.cut)]
const MOST_KILLS = 50
const say = line => process.stdout.write(`${line}\n`)

const untilUp = (what, child, url) =>
  until(what, async () => child.exitCode !== null || (await fetch(url)).ok).then(() => {
    if (child.exitCode !== null) throw new Error(`${what} has ended`)
  })

/** Two APIs on the database behind HAProxy, and a proxy before them. @returns where the proxy is */
async function startServices(processes, cluster) {
  const env = { ZEROTEN_CLIENT_ID: ACCOUNT.id, ZEROTEN_CLIENT_SECRET: ACCOUNT.secret }
  for (const [n, port] of cluster.apis.entries()) {
    const argv = ['api', '--db', cluster.databaseUrl, '--port', String(port), '--log-level', 'error']
    const api = processes.start(`api${n + 1}`, process.execPath, [CLI, ...argv], { env })
    await untilUp(`api${n + 1}`, api, `http://127.0.0.1:${port}/health`)
  }
  await until('HAProxy', async () => (await fetch(`${cluster.apiUrl}/health`)).ok)
  const port = await freePort()
  const limits = [
    'identity-requests',
    'identity-events',
    'client-requests',
    'client-events',
    'client-anonymous',
  ]
  const argv = ['proxy', '--api', cluster.apiUrl, '--port', String(port), '--log-level', 'error']
  const proxy = processes.start(
    'proxy',
    process.execPath,
    [CLI, ...argv, ...limits.flatMap(name => [`--limit-${name}`, '10000000'])],
    { env: { WOOTRIC_CLIENT_ID: ACCOUNT.id, WOOTRIC_CLIENT_SECRET: ACCOUNT.secret } },
  )
  const url = `http://127.0.0.1:${port}`
  await untilUp('the proxy', proxy, `${url}/zeroten/widget.js`)
  return url
}

/** Seconds from the kill to the first acknowledged write that was sent after it. */
async function secondsToNextWrite(ledger, killedMs) {
  const find = () => ledger.firstSince(killedMs)
  await until('the next write', async () => find() !== undefined, PATIENCE_MS)
  return (find() - killedMs) / 1_000
}

async function killPrimary(cluster, ledgers, n) {
  const node = await cluster.leader()
  await cluster.kill(node, cutMs)
  const killedMs = Date.now()
  const [direct, proxied] = await Promise.all(ledgers.map(ledger => secondsToNextWrite(ledger, killedMs)))
  const next = await cluster.leader()
  say(
    `kill ${String(n).padStart(2)}: ${node.name} → ${next?.name ?? '?'}, writes back after ${direct.toFixed(1)} s, through the proxy ${proxied.toFixed(1)} s`,
  )
  cluster.startNode(node)
  await cluster.ready()
  await sleep(LOAD_MS)
  return { direct, proxied }
}

/** How often each text that was written stands in the database. */
async function readBack(url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(`select text as name, count(*)::int as n from responses group by 1
    union all select url, count(*)::int from page_views group by 1`)
  await client.end()
  return new Map(rows.map(({ name, n }) => [name, n]))
}

const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
const spread = numbers => `median ${median(numbers).toFixed(1)}, longest ${Math.max(...numbers).toFixed(1)}`

/** Prints what came of it. @returns whether the goal is met */
function report(ledgers, present, times) {
  const acknowledged = ledgers.flatMap(ledger => [...ledger.acknowledged.keys()])
  const lost = acknowledged.filter(text => !present.has(text))
  const doubled = [...present].filter(([, n]) => n > 1)
  const [direct, proxied] = [times.map(time => time.direct), times.map(time => time.proxied)]
  say(`
mode                      ${values.async ? "asynchronous (Patroni's default)" : 'synchronous_mode_strict'}
primary killed            ${times.length} times, the standbys cut off ${cutMs} ms before
acknowledged              ${acknowledged.length} (${ledgers.map(({ acknowledged: { size } }) => size).join(' by the API, ')} by the proxy)
present                   ${acknowledged.length - lost.length}
lost                      ${lost.length}
doubled                   ${doubled.length}
seconds to the next write ${spread(direct)}; through the proxy ${spread(proxied)}
goal                      0 lost, 0 doubled, writes back within ${GOAL_S} s`)
  return lost.length === 0 && doubled.length === 0 && Math.max(...direct) <= GOAL_S
}

async function drill(folder, servers, processes) {
  const cluster = await startCluster({
    folder,
    processes,
    servers,
    user: serverUser(),
    isAsync: values.async,
  })
  await cluster.ready()
  const proxyUrl = await startServices(processes, cluster)
  say('three nodes, two APIs and a proxy are up')
  const over = new AbortController()
  const ledgers = [createLedger(), createLedger()]
  const shared = { apiUrl: cluster.apiUrl, proxyUrl, account: ACCOUNT, signal: over.signal }
  const writers = Array.from({ length: WRITERS }, (_, n) => [
    startClient(`client-${n}`, { ...shared, ledger: ledgers[0] }),
    startVisitors(`page-${n}`, { ...shared, ledger: ledgers[1] }),
  ]).flat()
  await sleep(LOAD_MS)
  const times = []
  for (let n = 1; n <= kills; n++) times.push(await killPrimary(cluster, ledgers, n))
  over.abort()
  await Promise.all(writers)
  return report(ledgers, await readBack(cluster.databaseUrl), times)
}

/** What the drill needs of this machine, or a line that says what is wrong, and the end. */
function prepare() {
  try {
    if (!(kills >= 1 && kills <= MOST_KILLS)) throw new Error(`--kills takes 1 to ${MOST_KILLS}`)
    return findServers()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return process.exit(2)
  }
}

const servers = prepare()
const folder = mkdtempSync(join(tmpdir(), 'zeroten-drill-'))
const { uid, gid } = serverUser()
chownSync(folder, uid, gid)
const processes = createProcesses(folder)
for (const name of ['SIGINT', 'SIGTERM'])
  process.once(name, async () => {
    await processes.stop()
    process.exit(1)
  })
let isMet = false
try {
  isMet = await drill(folder, servers, processes)
} catch (error) {
  process.stderr.write(`${error.stack}\nlogs are in ${folder}\n`)
} finally {
  await processes.stop()
}
if (isMet) rmSync(folder, { recursive: true })
process.exitCode = isMet || values.async ? 0 : 1
