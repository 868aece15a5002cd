import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { languagesFor } from '../../../../src/widget/locales/language.js'
import { PLACEHOLDERS, WORD_NAMES } from '../../../../src/widget/locales/messages.js'

const folder = join(import.meta.dirname, '../../../../src/widget/locales')
const notWords = ['registry.ts', 'language.ts', 'messages.ts']

afterEach(() => document.documentElement.removeAttribute('lang'))

describe('choosing a language', () => {
  test.each([
    ['EN', 'en'],
    ['CZ', 'cs'],
    ['cs-CZ', 'cs'],
    ['NL', 'nl'],
    ['NL_NL_X_INFORMAL', 'nl-informal'],
    ['DE_DE_X_INFORMAL', 'de-informal'],
    ['de-AT', 'de'],
    ['PT', 'pt'],
    ['pt-BR', 'pt'],
    ['PT_PT', 'pt-pt'],
    ['ES_MX', 'es-mx'],
    ['es-ES', 'es'],
    ['es-419', 'es-mx'],
    ['ZH_HANT', 'zh-hant'],
    ['zh-TW', 'zh-hant'],
    ['zh-Hans-HK', 'zh-hans'],
    ['zh', 'zh-hans'],
    ['nb-NO', 'no'],
    ['iw', 'he'],
  ])('%s is looked for as %s', (tag, code) => {
    expect(languagesFor(tag)[0]).toBe(code)
  })

  test('a variety is followed by its plain language, then the page’s, then the browser’s', () => {
    document.documentElement.lang = 'fr-CA'
    const browser = navigator.languages.map(tag => tag.split('-')[0])
    expect(languagesFor('de_x_informal')).toEqual(['de-informal', 'de', 'fr', ...browser])
    expect(languagesFor('fr_x_informal')).toEqual(['fr', 'fr', ...browser])
  })

  test('what we lack is never asked for', () => {
    document.documentElement.lang = 'tlh'
    const browser = navigator.languages.map(tag => tag.split('-')[0])
    expect(languagesFor('auto')).toEqual(browser)
    expect(languagesFor('de informal')).toEqual(browser)
    expect(languagesFor('')).toEqual(browser)
  })

  test('auto takes the language of the page before that of the browser', () => {
    document.documentElement.lang = 'fr-CA'
    expect(languagesFor('auto')[0]).toBe('fr')
    expect(languagesFor(undefined)[0]).toBe('fr')
  })
})

describe.each(readdirSync(folder).filter(name => !notWords.includes(name)))('the words of %s', file => {
  test('are all there, each with exactly its placeholders', async () => {
    const { words } = await import(join(folder, file))
    expect(words).toHaveLength(WORD_NAMES.length)
    WORD_NAMES.forEach((name, index) => {
      const text: string = words[index]
      expect(text.trim(), name).toBe(text)
      expect(text, name).not.toBe('')
      expect((text.match(/\{[^}]*\}/g) ?? []).sort(), name).toEqual([...(PLACEHOLDERS[name] ?? [])].sort())
    })
    expect(words[WORD_NAMES.indexOf('scoreName')]).toMatch(/^\{score\}/)
  })

  test('are reached by the code that the file is named for', () => {
    const code = file.replace('.ts', '')
    expect(languagesFor(code)[0]).toBe(code)
  })
})
