import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const PACKAGES = 'patroni etcd-server haproxy postgresql-15'

/** Debian keeps the servers of PostgreSQL out of the search path, each version in a folder of its own. */
const POSTGRES = '/usr/lib/postgresql'

function onPath(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
  return folders.find(folder => folder !== '' && entriesOf(folder).includes(name))
}

function entriesOf(folder) {
  try {
    return readdirSync(folder)
  } catch {
    // A folder that is not there has nothing in it.
    return []
  }
}

/**
 * The servers that the drill runs.
 *
 * @throws Error with what to install, where one is missing
 */
export function findServers() {
  const missing = ['patroni', 'etcd', 'haproxy'].filter(name => onPath(name) === undefined)
  const versions = entriesOf(POSTGRES).sort((a, b) => Number(b) - Number(a))
  const version = versions.find(name => entriesOf(join(POSTGRES, name, 'bin')).includes('initdb'))
  if (missing.length > 0 || version === undefined)
    throw new Error(
      `the drill needs ${[...missing, ...(version ? [] : ['initdb'])].join(', ')}: apt-get install ${PACKAGES}`,
    )
  const commandOf = name => join(onPath(name), name)
  return {
    patroni: commandOf('patroni'),
    etcd: commandOf('etcd'),
    haproxy: commandOf('haproxy'),
    postgresFolder: join(POSTGRES, version, 'bin'),
  }
}

/** Whom the servers run as: PostgreSQL refuses to be root. */
export function serverUser() {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
  if (uid !== 0) return { uid, gid }
  const idOf = flag => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** Processes that end with the drill, whatever becomes of it. Each writes to a log of its own in `folder`. */
export function createProcesses(folder) {
  const running = new Set()
  return {
    start(name, command, argv, { uid, gid, env = {} } = {}) {
      const log = openSync(join(folder, `${name}.log`), 'a')
      const child = spawn(command, argv, {
        ...(uid !== undefined && { uid, gid }),
        cwd: folder,
        env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: folder, ...env },
        stdio: ['ignore', log, log],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      child.once('error', () => running.delete(child))
      return child
    },
    async stop() {
      const ended = [...running].map(child => once(child, 'exit'))
      for (const child of running) child.kill('SIGTERM')
      const cut = setTimeout(() => {
        for (const child of running) child.kill('SIGKILL')
      }, 10_000)
      await Promise.all(ended)
      clearTimeout(cut)
    },
  }
}

/** Processes that `pid` has started. */
export function childrenOf(pid) {
  return entriesOf('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(child => parentOf(child) === pid)
}

function parentOf(pid) {
  try {
    // The name in the parentheses may hold anything; what follows the last of them does not.
    const [, fields = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return Number(fields.split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return undefined
  }
}

export function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It has ended by itself.
    if (error.code !== 'ESRCH') throw error
  }
}
