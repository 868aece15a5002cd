import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown } from 'node:fs/promises'
import type { CleanUp } from '../support/start-api.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Who runs it: some servers refuse to be root. */
function unprivileged(): { uid: number; gid: number } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
  if (uid !== 0) return { uid, gid }
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** An empty folder of the unprivileged user's. */
export async function serverFolder(cleanUp: CleanUp): Promise<string> {
  const { path, remove } = await temporaryFolder('/tmp')
  cleanUp(remove)
  const { uid, gid } = unprivileged()
  await chown(path, uid, gid)
  return path
}

/** Runs a server of the distribution's until the end. Resolves when its log says that it is ready. */
export async function startServer(
  cleanUp: CleanUp,
  command: string,
  argv: readonly string[],
  { cwd, ready }: { cwd: string; ready: RegExp },
): Promise<ChildProcess> {
  const child = spawn(command, argv, { ...unprivileged(), cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  cleanUp(() => stopServer(child))
  let log = ''
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk
      if (ready.test(log)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${command} ended with ${code}: ${log}`)))
  })
  return child
}

export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
