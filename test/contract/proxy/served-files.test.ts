import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadFiles } from '../../../src/proxy/node/index.js'
import { startProxy } from '../../support/start-proxy.js'

const BUILT = join(import.meta.dirname, '../../../dist/browser')

/** On what is built: `npm test` builds first. */
describe('the files that the proxy serves', () => {
  it('case 40: hold no secret, no host of the API, no token, and no source map', async () => {
    const files = await loadFiles(BUILT)
    expect(files.size).toBeGreaterThan(10)
    for (const [name, { bytes }] of files) {
      const text = new TextDecoder().decode(bytes)
      expect(name).not.toMatch(/\.map$/)
      expect(text).not.toMatch(
        /client_?secret|client_credentials|grant_type|access_token|oauth|sourceMappingURL/i,
      )
      expect(text).not.toMatch(/api\.(staging\.)?wootric\.com|Bearer /)
    }
  })

  it('are those that were built, whole, under the name and type that a page needs', async () => {
    const { base } = await startProxy(onTestFinished, {
      api: 'http://127.0.0.1:9',
      files: await loadFiles(BUILT),
    })
    const list = JSON.parse(await readFile(join(BUILT, 'files.json'), 'utf8'))
    for (const { name, immutable } of list.files) {
      const answer = await fetch(`${base}/${name}`)
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      expect(answer.headers.get('cache-control')?.includes('immutable')).toBe(immutable)
      expect(await answer.text()).toBe(await readFile(join(BUILT, name), 'utf8'))
    }
    expect((await fetch(`${base}/files.json`)).status).toBe(404)
  })
})
