import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { words as english } from '../../../src/widget/locales/en.js'
import { WORD_NAMES, type WordName, type Words } from '../../../src/widget/locales/messages.js'
import { languages as forBundlers } from '../../../src/widget/locales/registry.js'

const folder = join(import.meta.dirname, '../../../src/widget/locales')
const codes = readdirSync(folder)
  .filter(file => !['registry.ts', 'language.ts', 'messages.ts'].includes(file))
  .map(file => file.replace('.ts', ''))

const languages = await Promise.all(
  codes.map(async code => {
    const { words } = (await import(join(folder, `${code}.ts`))) as { words: Words }
    const texts = WORD_NAMES.map((name, index) => [name, words[index] as string] as const)
    return { code, texts, all: texts.map(([, text]) => text).join('\n') }
  }),
)

/** The 38 of the service, Hebrew and Persian. */
const OFFERED =
  'ar be bg cs da de de-informal el en es es-mx et fa fi fr he hu id it ja ko lt lv ms nl nl-informal no pl pt pt-pt ro ru sl sv th tr uk vi zh-hans zh-hant'

const ENGLISH = Object.fromEntries(WORD_NAMES.map((name, index) => [name, english[index] as string]))
const ALSO_ENGLISH: Record<string, string[]> = { da: ['Send'], no: ['Send'] }

/** The lower-case letters of a language beside a to z, or all of them where it has another script. */
const LETTERS: Record<string, string> = {
  ar: '\u0621-\u063A\u0641-\u0652',
  be: 'а-зй-шыьэюяёіў',
  bg: 'а-ъьюя',
  cs: 'a-záčďéěíňóřšťúůýž',
  da: 'a-zæøå',
  de: 'a-zäöüß',
  el: '\\p{Script=Greek}',
  es: 'a-záéíñóúü',
  et: 'a-zäõöüšž',
  fa: 'آائؤأبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u064B\u0654',
  fi: 'a-zäöå',
  fr: 'a-zàâæçéèêëîïôœùûüÿ',
  he: '\\p{Script=Hebrew}',
  hu: 'a-záéíóöőúüű',
  it: 'a-zàèéìòù',
  ja: '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー',
  ko: '\\p{Script=Hangul}',
  lt: 'a-ząčęėįšųūž',
  lv: 'a-zāčēģīķļņšūž',
  nl: 'a-zëïéèöü',
  no: 'a-zæøåéò',
  pl: 'a-ząćęłńóśźż',
  pt: 'a-záàâãçéêíóôõú',
  ro: 'a-zăâîșț',
  ru: 'а-яё',
  sl: 'a-zčšž',
  sv: 'a-zåäöé',
  th: '\\p{Script=Thai}',
  tr: 'a-zçğıöşü',
  uk: 'а-щьюяєіїґ',
  vi: '\\p{Script=Latin}',
  zh: '\\p{Script=Han}',
}

const word = (...words: string[]) => new RegExp(`(?<!\\p{L})(${words.join('|')})(?!\\p{L})`, 'iu')

/** What a language's register, spelling or punctuation excludes. A region adds to its language. */
const NEVER: Record<string, RegExp[]> = {
  ar: [/[,;?]/],
  de: [word('du', 'dich', 'dir', 'dein\\p{L}*')],
  'de-informal': [/\b(Sie|Ihnen|Ihre\w*)\b/],
  el: [/\?/],
  es: [word('tú', 'tu', 'te', 'vos', 'vosotros')],
  fa: [/[,;?]/],
  fr: [/(?<!\u202F)[?!;]|(?<!\u00A0):/, word('tu', 'te', 'ton', 'ta')],
  it: [word('tu', 'ti', 'tuo', 'tua')],
  ja: [/[!-/:-@]| /],
  nl: [word('je', 'jij', 'jou', 'jouw')],
  'nl-informal': [word('u', 'uw')],
  pl: [word('pan', 'pani', 'ty', 'ci', 'twój')],
  pt: [word('obrigado', 'obrigada', 'tu', 'te')],
  ru: [word('ты', 'тебе', 'твой'), / —/],
  th: [/[?,]/],
  'zh-hans': [/[!-/:-@們會說選發關頁詢謝還請]/],
  'zh-hant': [/[!-/:-@们会说选发关页询谢还请]/],
}

const QUESTION_MARKS: Record<string, string> = {
  ar: '؟',
  el: ';',
  fa: '؟',
  fr: '\u202F?',
  ja: '？',
  th: '',
  zh: '？',
}

/** What still fits on its line, or its two, at 320 px; see the notes in `messages.ts`. */
const LENGTHS: { readonly [K in WordName]?: number } = {
  question: 80,
  questionPlain: 80,
  target: 30,
  low: 22,
  high: 22,
  promoter: 60,
  passive: 60,
  detractor: 60,
  placeholder: 30,
  send: 12,
  failed: 50,
  thanks: 30,
  close: 12,
  share: 40,
  optOut: 25,
  optedOut: 40,
  shareOn: 20,
}
const LABELS = 'target low high placeholder send close share optOut shareOn newTab'.split(' ')
const QUESTIONS = ['question', 'questionPlain', 'promoter', 'passive', 'detractor']

const baseOf = (code: string) => code.split('-')[0] as string
const placeholdersOf = (text: string) => (text.match(/\{.*?\}/g) ?? []).sort()
const withoutPlaceholders = (text: string) => text.replace(/\{.*?\}/g, '')

test('every language that the survey offers has its file, and no other', () => {
  expect(codes.toSorted().join(' ')).toBe(OFFERED)
})

test('bundlers are given the same languages, each under its own name', async () => {
  expect(Object.keys(forBundlers).toSorted()).toEqual(codes.toSorted())
  for (const { code, all } of languages.filter(({ code }) => code !== 'en')) {
    expect((await forBundlers[code]?.load())?.words.join('\n')).toBe(all)
  }
})

describe.each(languages)('$code', ({ code, texts, all }) => {
  test('has every string, with the placeholders of the English', () => {
    for (const [name, text] of texts) {
      expect(withoutPlaceholders(text), name).toMatch(/\p{L}/u)
      expect(placeholdersOf(text), name).toEqual(placeholdersOf(ENGLISH[name] ?? ''))
    }
    expect(new Map(texts).get('scoreName')).toMatch(/^\{score\}/)
  })

  test('left nothing in English', () => {
    const left = texts.filter(([name, text]) => text === ENGLISH[name]).map(([, text]) => text)
    expect(left).toEqual(code === 'en' ? [...english] : (ALSO_ENGLISH[code] ?? []))
  })

  test('is written in the letters of its language', () => {
    const letters = new RegExp(`[^${LETTERS[baseOf(code)] ?? 'a-z'}]`, 'gu')
    const lower = withoutPlaceholders(all).toLocaleLowerCase(baseOf(code))
    expect(lower.replace(/[^\p{L}\p{M}]/gu, '').match(letters)).toBeNull()
  })

  test('has no slip in spaces, quotation marks and invisible characters', () => {
    expect(all).toBe(all.normalize('NFC'))
    expect(all).not.toMatch(/^\s|\s$|\s[ \u00A0\u202F]/m)
    expect(all).not.toMatch(/['"`´]|\.\.|--/)
    expect(all).not.toMatch(/[\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF\u00AD]/)
    // A no-break space, where there is one, stands before a mark.
    expect(all).not.toMatch(/[\u00A0\u202F](?![?!:;–—])/)
    expect(all).not.toMatch(/ [?!:;—]/)
  })

  test('keeps to its register, its spelling and its marks', () => {
    // An informal language says what its formal sister never says.
    const keys = code.endsWith('informal') ? [code] : new Set([baseOf(code), code])
    for (const key of keys) {
      for (const never of NEVER[key] ?? []) expect(withoutPlaceholders(all)).not.toMatch(never)
    }
    for (const [name, text] of texts) {
      // One mark, straight after a word.
      if (QUESTIONS.includes(name)) expect(text).toMatch(/[\p{L}\p{M}}]\u202F?[?？؟;]?$/u)
      if (QUESTIONS.includes(name))
        expect(text.endsWith(QUESTION_MARKS[baseOf(code)] ?? '?'), text).toBe(true)
      if (LABELS.includes(name)) expect(text, name).not.toMatch(/[.。!！?？]$/)
      if (!/!/.test(ENGLISH[name] ?? '')) expect(text, name).not.toMatch(/[!！]/)
    }
    const count = (mark: string) => all.split(mark).length - 1
    if (baseOf(code) === 'es') expect([count('¿'), count('¡')]).toEqual([count('?'), count('!')])
  })

  test('keeps to the lengths that look well on a phone', () => {
    const share = /^(ja|ko|zh)/.test(code) ? 0.5 : 1
    for (const [name, text] of texts) {
      const length = [...withoutPlaceholders(text).replace(/\p{Mn}/gu, '')].length
      expect(length, `${name}: ${text}`).toBeLessThanOrEqual(
        (LENGTHS[name] ?? Number.POSITIVE_INFINITY) * share,
      )
    }
  })
})
