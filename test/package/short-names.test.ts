import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/widget/settings/settings-table.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const shortNames: Record<string, string> = JSON.parse(read('short-names.json'))

const membersIn = (text: string): string[] =>
  [...text.matchAll(/^\s+(?:readonly |get |set |static )*"?(\w+)"?\??[(:<]/gm)].map(
    ([, name]) => name as string,
  )

/** Members of the interfaces of a file that are kept, sent, or public. */
const membersOf = (path: string, ...interfaces: string[]): string[] =>
  interfaces.flatMap(name => {
    const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(read(path))?.[1]
    if (!body) throw new Error(`${path} has no interface ${name}`)
    return membersIn(body)
  })

/** TypeScript's own account of what a browser has. */
function platformMembers(): string[] {
  const require = createRequire(import.meta.resolve('typescript/package.json'))
  const manifest = require.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`)
  const folder = join(dirname(manifest), 'lib')
  const files = readdirSync(folder).filter(name => /^lib\.(dom|es).*\.d\.ts$/.test(name))
  return files.flatMap(name => membersIn(readFileSync(join(folder, name), 'utf8')))
}

const shared = (names: Iterable<string>): string[] =>
  [...new Set(names)].filter(name => Object.hasOwn(shortNames, name))

const built = (): string =>
  readdirSync(new URL('dist/browser/', root))
    .filter(name => name.endsWith('.js'))
    .map(name => read(`dist/browser/${name}`))
    .join('\n')

describe('the names that are shortened in what a page loads', () => {
  it('have a letter each', () => {
    expect(new Set(Object.values(shortNames)).size).toBe(Object.keys(shortNames).length)
  })

  it('are none of the platform’s', () => {
    const members = platformMembers()
    expect(members).toContain('addEventListener')
    expect(members).toContain('codePointAt')
    expect(shared(members)).toEqual([])
  })

  it('do not travel', () => {
    expect(shared(membersIn(read('src/wire/delivery.ts') + read('src/wire/v1.ts')))).toEqual([])
  })

  it('are not stored, where another build may read them', () => {
    const stored = [
      ...membersOf('src/widget/storage/shared-state.ts', 'State', 'Known'),
      ...membersOf('src/widget/courier/queue.ts', 'StoredEvent'),
      ...membersOf('src/widget/courier/dead-letters.ts', 'DeadLetter'),
      ...membersOf('src/widget/survey-flow/draft.ts', 'Draft'),
    ]
    expect(stored).toContain('isUnsettled')
    expect(shared(stored)).toEqual([])
  })

  it('are none that a page may say or hear', () => {
    const told = [
      ...membersOf('src/widget/boot/widget-api.ts', 'Widget'),
      ...membersOf('src/widget/boot/emitter.ts', 'WidgetEvents'),
      ...membersOf('src/widget/diagnostics/inspect.ts', 'WaitingEvent', 'FailedEvent', 'Inspection'),
      ...membersOf('src/widget/diagnostics/explain.ts', 'Explanation'),
      ...membersOf('src/widget/boot/page-slot.ts', 'PageSlot'),
      ...membersOf('src/widget/survey/panel-types.ts', 'PanelSettings', 'PanelDraft'),
      ...Object.keys(SETTINGS),
    ]
    expect(shared(told)).toEqual([])
  })

  it('are none that a chunk exports, since an export keeps its name', () => {
    const lists = [...built().matchAll(/export\{(.*?)\}/g)].map(([, list]) => list as string)
    const exported = lists.flatMap(list => list.split(',').map(entry => entry.replace(/.* as /, '')))
    expect(exported).toContain('createScheduler')
    expect(shared(exported)).toEqual([])
  })

  it('are in no file that a page loads', () => {
    const all = built()
    const left = Object.keys(shortNames).filter(name => new RegExp(`[.{,?]${name}\\b`).test(all))
    expect(left).toEqual([])
  })
})
