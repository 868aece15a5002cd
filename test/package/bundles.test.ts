import { readdirSync, readFileSync } from 'node:fs'
import type { Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'

const dist = new URL('../../dist/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, dist), 'utf8')
const readMeta = (name: string): Metafile => JSON.parse(read(`meta/${name}.json`))

const metas = readdirSync(new URL('meta/', dist)).map(name => name.replace('.json', ''))
const server = new Set(['server', 'portable'])
const page = metas.filter(name => !server.has(name))
/** What went into a bundle; `<…>` are esbuild's own. */
const filesOf = (name: string): string[] =>
  Object.keys(readMeta(name).inputs).filter(file => !file.startsWith('<'))
const browserFiles = readdirSync(new URL('browser/', dist)).filter(name => name.endsWith('.js'))

const foldersOf = (files: string[]): string[] =>
  [
    ...new Set(
      files.map(file => /^(src\/[^/]+|node_modules\/(?:@[^/]+\/)?[^/]+|[^/]+)/.exec(file)?.[0] ?? file),
    ),
  ].sort()

describe('what ships to the page', () => {
  it('has a core that is made of the widget, the shared shapes and idb-keyval alone', () => {
    const allowed = ['src/widget', 'src/wire', 'src/domain', 'src/http', 'node_modules/idb-keyval']
    expect(foldersOf(filesOf('widget')).filter(folder => !allowed.includes(folder))).toEqual([])
  })

  it('reaches the survey only by import()', () => {
    expect(filesOf('widget').filter(file => /widget\/survey\/|preact/.test(file))).toEqual([])
    expect(foldersOf(filesOf('steps'))).toContain('node_modules/preact')
  })

  it('draws the question without a library, which comes while the question is read', () => {
    expect(foldersOf(filesOf('panel')).filter(folder => /node_modules/.test(folder))).toEqual([])
  })

  it.each(page)('has no file of the server in %s', name => {
    expect(filesOf(name).filter(file => /^src\/(client|proxy|api|cli)\//.test(file))).toEqual([])
  })

  it.each(browserFiles)('has no credential, no token endpoint and no upstream host in %s', name => {
    const text = read(`browser/${name}`)
    const forbidden =
      /client_secret|client_id|client_credentials|access_token|refresh_token|grant_type|oauth\/token|\/v1\/|wootric\.com|ZEROTEN_|sourceMappingURL/g
    expect(text.match(forbidden) ?? []).toEqual([])
  })

  it('has no file name that block lists match', () => {
    const blocked = /track|analytic|collect|stats|survey|nps|wootric|beacon|pixel/i
    expect(readdirSync(new URL('browser/', dist)).filter(name => blocked.test(name))).toEqual([])
  })

  it('evaluates no text, and sets no element’s markup, so that the strictest policy holds', () => {
    // Preact can set innerHTML for whoever asks it to; that none of ours does is held by a page with trusted types.
    const risky =
      /\beval\(|new Function|insertAdjacentHTML|outerHTML|document\.write|createContextualFragment/
    expect(browserFiles.filter(name => risky.test(read(`browser/${name}`)))).toEqual([])
    expect(read('browser/widget.js')).not.toContain('innerHTML')
  })
})

describe('what runs on the server', () => {
  it('has nothing of the page in it', () => {
    expect(filesOf('server').filter(file => /^src\/widget\/|preact|idb-keyval/.test(file))).toEqual([])
  })

  it('has a proxy that imports nothing, so that it runs where there is no Node', () => {
    const imports = Object.values(readMeta('portable').outputs).flatMap(output => output.imports)
    expect(imports.filter(({ external }) => external).map(({ path }) => path)).toEqual([])
    expect(read('proxy.js')).not.toMatch(/\brequire\(|\bprocess\.|\bBuffer\./)
  })

  it('leaves the dispatcher of the host’s own fetch alone', () => {
    expect(filesOf('server').filter(file => /undici\/(index|lib\/global)\.js$/.test(file))).toEqual([])
  })

  it('names the licence of every library that it carries', () => {
    const notices = read('NOTICES.txt')
    const libraries = foldersOf(metas.flatMap(filesOf))
      .filter(folder => folder.startsWith('node_modules/'))
      .map(folder => folder.replace('node_modules/', ''))
    expect(libraries.length).toBeGreaterThan(5)
    expect(
      libraries.filter(library => !notices.includes(`\n${library} `) && !notices.startsWith(`${library} `)),
    ).toEqual([])
  })
})
