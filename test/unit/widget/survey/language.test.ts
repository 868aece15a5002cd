import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { languageOf } from '../../../../src/widget/locales/language.js'
import { PLACEHOLDERS, WORD_NAMES } from '../../../../src/widget/locales/words.js'

const folder = join(import.meta.dirname, '../../../../src/widget/locales')
const notWords = ['all.ts', 'language.ts', 'words.ts']

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
  ])('%s is %s', (tag, code) => {
    expect(languageOf(tag)).toBe(code)
  })

  test('auto takes the language of the page before that of the browser', () => {
    document.documentElement.lang = 'fr-CA'
    expect(languageOf('auto')).toBe('fr')
  })

  test('a language that we lack falls back to the page, then the browser', () => {
    document.documentElement.lang = 'sv'
    expect(languageOf('tlh')).toBe('sv')
    document.documentElement.lang = 'tlh'
    expect(languageOf('tlh')).toBe('en')
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
    expect(languageOf(code)).toBe(code)
  })
})
