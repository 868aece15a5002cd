import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/widget/settings/kinds.js'
import { parseSettings } from '../../../src/widget/settings/parse-settings.js'
import { attributeOf, SETTINGS } from '../../../src/widget/settings/settings-table.js'
import { surveySettings } from '../../../src/widget/settings/survey-settings.js'
import { readAttributes } from '../../../src/widget/settings/tag-settings.js'
import { readBlock } from '../../support/readme-block.mjs'
import { settingNames, settingsKinds } from '../../support/settings-kinds.js'
import { settingsTable } from '../../support/settings-readme.js'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const rows = Object.entries(SETTINGS)

/** What comes of an attribute, whose name a browser changes in `dataset`: from the core, or where the survey reads it. */
const parse = (attribute: string, text: string) => {
  const name = attribute.slice(5).replace(/-(.)/g, (_, letter) => letter.toUpperCase())
  const parsed = parseSettings(readAttributes({ [name]: text }))
  return KINDS[name] ? parsed : { ...surveySettings(parsed) }
}

/** `@default` of each field, as the types document it. */
const documentedDefaults = () =>
  new Map(
    ['settings/settings', 'survey/panel-types', 'identity/identity'].flatMap(file =>
      [...read(`src/widget/${file}.ts`).matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(\w+)\?: /g)].map(
        ([, comment = '', name = '']) =>
          [name, /@default ([^\n]+?)\s*$/m.exec(comment)?.[1]?.replace(/(\w)'(s)\b/g, '$1’$2')] as const,
      ),
    ),
  )

/** A value of each kind, as it stands in an attribute and as it is meant. */
const SAMPLES = {
  'yes or no': ['false', false],
  number: ['5', 5],
  text: ['24.10', '24.10'],
  'text, or a function': ['a.b.c', 'a.b.c'],
  path: ['/zt/', '/zt'],
  list: ['utm_source, page', ['utm_source', 'page']],
  object: ['{"plan":"pro"}', { plan: 'pro' }],
  'text, or one a class': ['{"promoter":"Hooray"}', { promoter: 'Hooray' }],
} as const

describe('the table of settings', () => {
  it('stands in the README as it is here', () => {
    expect(readBlock(read('README.md'), 'settings')).toBe(settingsTable())
  })

  it('is what the page’s parser goes by', () => {
    expect(read('src/widget/settings/kinds.ts')).toBe(settingsKinds())
    expect(read('src/widget/diagnostics/setting-names.ts')).toBe(settingNames())
  })

  it('names what the proxy is asked for as it travels', () => {
    for (const [name, { wire }] of rows)
      if (wire) expect(wire).toBe(name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`))
  })

  it('names the default that the types document, for every setting', () => {
    const documented = documentedDefaults()
    expect(rows.map(([name]) => name).filter(name => !documented.has(name))).toEqual([])
    expect(rows.map(([name, row]) => [name, row.default])).toEqual(
      rows.map(([name]) => [name, documented.get(name)]),
    )
  })

  it('is understood by the tag, attribute for attribute', () => {
    for (const [name, { kind }] of rows) {
      // A function can't be written into one.
      if (kind === 'function') continue
      const [text, value] = typeof kind === 'string' ? SAMPLES[kind] : [kind[0] as string, kind[0]]
      expect(parse(attributeOf(name), text)).toEqual({ [name]: value })
    }
  })

  it('is imported by nothing that ships to a page', () => {
    const files = readdirSync(join(root, 'src/widget'), { recursive: true })
      .map(String)
      .filter(file => /\.tsx?$/.test(file))
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter(file => read(`src/widget/${file}`).includes('settings-table.js'))).toEqual([])
  })
})

describe('an attribute of the tag', () => {
  it('means yes without a value', () => {
    expect(parse('data-allow-bots', '')).toEqual({ allowBots: true })
  })

  it('stays text where it only looks like a number', () => {
    expect(parse('data-email', '007')).toEqual({ email: '007' })
    expect(parse('data-email', '12345')).toEqual({ email: '12345' })
    expect(parse('data-product-name', '1.0')).toEqual({ productName: '1.0' })
  })

  it('is left out where its JSON is broken, and stays text where it need not be JSON', () => {
    expect(parse('data-properties', '{"plan":')).toEqual({})
    expect(parse('data-product-name', '"Quoted')).toEqual({ productName: '"Quoted' })
  })

  it('takes lists of one, in JSON too', () => {
    expect(parse('data-keep-params', 'q')).toEqual({ keepParams: ['q'] })
    expect(parse('data-exclude-pages', '["/checkout/*"]')).toEqual({ excludePages: ['/checkout/*'] })
  })
})
