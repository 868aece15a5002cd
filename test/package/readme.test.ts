import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readBlock } from '../support/readme-block.mjs'
import { sizeTable } from '../support/sizes.mjs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Names that stand directly in an interface of a file. */
const membersOf = (path: string, name: string): string[] => {
  const body = new RegExp(`interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(read(path))?.[1] ?? ''
  return [...body.matchAll(/^ {2}(\w+)\??[(:<]/gm)].map(([, member]) => member as string)
}

/** What stands in backticks in the first column of the table under a heading. */
const firstColumn = (heading: string): string[] => {
  const table = readme.slice(readme.indexOf(`\n| ${heading} |`)).split('\n\n')[0] ?? ''
  return [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name as string),
  )
}

describe('README', () => {
  it.each([
    ['call', 'src/widget/boot/widget-api.ts', 'Widget'],
    ['event', 'src/widget/boot/emitter.ts', 'WidgetEvents'],
  ])('tells of every %s, and of none that there is not', (heading, path, name) => {
    const members = membersOf(path, name)
    expect(members.length).toBeGreaterThan(8)
    expect([...new Set(firstColumn(heading))].sort()).toEqual(members.sort())
  })

  it('tells the sizes that were built (node test/size.mjs --write)', () => {
    expect(readBlock(readme, 'sizes')).toBe(sizeTable())
  })

  it('tells what the page of the report loads', () => {
    const folder = new URL('../../dist/report/', import.meta.url)
    const names = readdirSync(folder)
    const sent = names.filter(name => !names.includes(`${name}.br`))
    const bytes = sent.reduce((sum, name) => sum + statSync(new URL(name, folder)).size, 0)
    expect(readme).toContain(`The page loads ${Math.round(bytes / 1_000)} kB (brotli)`)
  })
})
