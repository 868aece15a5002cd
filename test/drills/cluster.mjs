import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../support/free-port.mjs'
import { childrenOf, signal } from './processes.mjs'
import { startRelay } from './relay.mjs'

/** How long a leader that says nothing stays one, seconds: the least that Patroni's documentation allows. */
const TTL_S = 20
const READY_MS = 120_000

/** What Patroni is told once, for the whole cluster. */
const dcsOf = isAsync => ({
  ttl: TTL_S,
  loop_wait: 2,
  retry_timeout: 5,
  // Patroni's defaults: a standby may be promoted that is a mebibyte behind.
  maximum_lag_on_failover: 1_048_576,
  ...(!isAsync && { synchronous_mode: true, synchronous_mode_strict: true }),
  postgresql: {
    use_pg_rewind: true,
    use_slots: true,
    parameters: {
      max_connections: 100,
      shared_buffers: '32MB',
      wal_keep_size: '256MB',
      wal_log_hints: 'on',
      // A standby that asks a new primary too early asks again so soon; five seconds by default.
      wal_retrieve_retry_interval: '1s',
    },
  },
})

/** JSON is YAML. */
const patroniConfig = ({ folder, postgresFolder, etcdPort, isAsync }, { name, port, relay, restPort }) => ({
  scope: 'drill',
  name,
  restapi: { listen: `127.0.0.1:${restPort}`, connect_address: `127.0.0.1:${restPort}` },
  etcd3: { host: `127.0.0.1:${etcdPort}` },
  bootstrap: {
    dcs: dcsOf(isAsync),
    initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
  },
  postgresql: {
    listen: `127.0.0.1:${port}`,
    // By which the other nodes find it.
    connect_address: `127.0.0.1:${relay.port}`,
    data_dir: join(folder, name),
    bin_dir: postgresFolder,
    pgpass: join(folder, `${name}.pgpass`),
    authentication: {
      superuser: { username: 'postgres', password: 'drill' },
      replication: { username: 'replicator', password: 'drill' },
    },
    parameters: { unix_socket_directories: folder },
    pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
  },
  watchdog: { mode: 'off' },
})

const haproxyConfig = ({ databasePort, apiPort }, nodes, apis) => `
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
listen database
  bind 127.0.0.1:${databasePort}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ name, port, restPort }) => `  server ${name} 127.0.0.1:${port} check port ${restPort}`).join('\n')}
listen api
  bind 127.0.0.1:${apiPort}
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host 127.0.0.1
  http-check expect status 200
  default-server inter 1s
${apis.map((port, n) => `  server api${n + 1} 127.0.0.1:${port} check`).join('\n')}
`

/** Three nodes of PostgreSQL under Patroni with etcd, and HAProxy before them and before two APIs. */
export async function startCluster({ folder, servers, processes, user, isAsync }) {
  const ports = { etcdPort: await freePort(), databasePort: await freePort(), apiPort: await freePort() }
  const apis = [await freePort(), await freePort()]
  const nodes = []
  for (const name of ['node1', 'node2', 'node3']) {
    const port = await freePort()
    nodes.push({ name, port, relay: await startRelay(port), restPort: await freePort(), process: undefined })
  }
  const settings = { folder, isAsync, postgresFolder: servers.postgresFolder, ...ports }
  await startEtcd({ folder, servers, processes, user }, ports.etcdPort)
  function startNode(node) {
    const file = join(folder, `${node.name}.yml`)
    writeFileSync(file, JSON.stringify(patroniConfig(settings, node)))
    node.process = processes.start(node.name, servers.patroni, [file], user)
  }
  for (const node of nodes) {
    mkdirSync(join(folder, node.name), { mode: 0o700 })
    chownSync(join(folder, node.name), user.uid, user.gid)
    startNode(node)
  }
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, haproxyConfig(ports, nodes, apis))
  processes.start('haproxy', servers.haproxy, ['-f', file], user)
  return {
    databaseUrl: `postgres://postgres@127.0.0.1:${ports.databasePort}/postgres`,
    apiUrl: `http://127.0.0.1:${ports.apiPort}`,
    apis,
    ready: () => waitForReady(nodes, isAsync),
    leader: () => leaderOf(nodes),
    kill: (node, cutMs) => killNode(folder, node, cutMs),
    startNode,
  }
}

async function startEtcd({ folder, servers, processes, user }, port) {
  const peerPort = await freePort()
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const urls = { 'listen-client-urls': url, 'advertise-client-urls': url, 'listen-peer-urls': peerUrl }
  const flags = {
    ...urls,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
    'data-dir': join(folder, 'etcd'),
  }
  const argv = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
  processes.start('etcd', servers.etcd, argv, user)
  await until('etcd', async () => (await fetch(`${url}/health`)).ok)
}

async function membersOf(nodes) {
  for (const { restPort } of nodes) {
    try {
      const response = await fetch(`http://127.0.0.1:${restPort}/cluster`, {
        signal: AbortSignal.timeout(2_000),
      })
      if (response.ok) return (await response.json()).members
    } catch {
      // This one has been killed; the next may know.
    }
  }
  return []
}

async function leaderOf(nodes) {
  const members = await membersOf(nodes)
  const name = members.find(({ role }) => role === 'leader')?.name
  return nodes.find(node => node.name === name)
}

/** Until all three are there again, and one of them is the synchronous standby. */
const waitForReady = (nodes, isAsync) =>
  until('the cluster', async () => {
    const members = await membersOf(nodes)
    const up = members.filter(({ state }) => state === 'running' || state === 'streaming')
    const hasLeader = up.some(({ role }) => role === 'leader')
    const hasStandby = isAsync || up.some(({ role }) => role === 'sync_standby')
    const lagsOf = up.filter(({ role }) => role !== 'leader').map(({ lag }) => lag)
    return (
      up.length === nodes.length && hasLeader && hasStandby && lagsOf.every(lag => Number(lag) < 1_000_000)
    )
  })

/** @throws Error where it takes too long */
export async function until(what, isSo, patienceMs = READY_MS) {
  const endMs = Date.now() + patienceMs
  while (Date.now() < endMs) {
    if (await Promise.resolve(isSo()).catch(() => false)) return
    await sleep(100)
  }
  throw new Error(`${what} was not ready after ${patienceMs / 1_000} s`)
}

const postmasterOf = (folder, { name }) =>
  Number(readFileSync(join(folder, name, 'postmaster.pid'), 'utf8').split('\n')[0])

/**
 * Ends a node at once, as a power cut does: Patroni, the server and all that it has started. For `cutMs` before that the standbys hear
 * nothing of it, as where a network fails on the way to the power cut: what is acknowledged in that time is on the primary alone.
 */
async function killNode(folder, node, cutMs) {
  node.relay.cut()
  await sleep(cutMs)
  const postmaster = postmasterOf(folder, node)
  const victims = [node.process.pid, ...childrenOf(node.process.pid), postmaster, ...childrenOf(postmaster)]
  for (const pid of victims) signal(pid, 'SIGKILL')
  node.relay.mend()
}
