import { spawnSync } from 'node:child_process'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CleanUp } from './start-api.js'
import { temporaryFolder } from './temporary-folder.js'

export interface SmallDisk {
  path: string
  /** Leaves not a byte free. */
  fill(): Promise<void>
  /** Frees what `fill` took, and what was set aside at the start. */
  free(): Promise<void>
}

const CHUNK = Buffer.alloc(4_096)

/**
 * A disk of its own in memory, half of it set aside.
 *
 * @returns undefined where this user may not mount: only root may
 */
export async function mountSmallDisk(cleanUp: CleanUp, megabytes: number): Promise<SmallDisk | undefined> {
  const { path, remove } = await temporaryFolder()
  cleanUp(remove)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
  if (mounted.status !== 0) return undefined
  cleanUp(async () => {
    // Lazily: a process that was just killed may hold it for a moment.
    spawnSync('umount', ['--lazy', path])
  })
  const [filler, reserve] = [join(path, 'filler'), join(path, 'reserve')]
  await writeFile(reserve, Buffer.alloc((megabytes / 2) * 1_048_576))
  return {
    path,
    async fill() {
      try {
        for (;;) await appendFile(filler, CHUNK)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    async free() {
      await rm(filler, { force: true })
      await rm(reserve, { force: true })
    },
  }
}
