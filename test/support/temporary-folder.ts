import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder, and how to remove it. */
export async function temporaryFolder(
  parent: string = tmpdir(),
): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(parent, 'zeroten-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
