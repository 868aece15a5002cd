import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { bundleApi } from '../../support/api-process.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

test('the example of the entry runs', async () => {
  const source = readFileSync(new URL('../../../src/api/index.ts', import.meta.url), 'utf8')
  const example = /@example\n(.*?)\n \*\//s.exec(source)?.[1]?.replaceAll(/^ \* ?/gm, '') ?? ''
  const file = await bundleApi(`${example.replace('4010', '0')}\nawait server.close()\nawait api.close()\n`)
  const folder = await temporaryFolder()
  onTestFinished(folder.remove)
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder.path })
  expect(stdout).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/)
})
