import { languages } from './registry.js'

/** The code of a primary subtag, which may be one of its other spellings. */
const baseOf = (subtag: string): string =>
  Object.keys(languages).find(code => languages[code]?.aliases?.includes(subtag)) ?? subtag

/**
 * Names of the files here that may hold the words for a tag, the closest first. Understands the service's codes (`PT_PT`,
 * `ZH_HANT`, `DE_DE_X_INFORMAL`) and BCP 47 (`pt-BR`, `zh-TW`, `es-419`).
 */
export function codesOf(tag: string): string[] {
  const [first = '', region = ''] = tag.toLowerCase().split(/[-_]/)
  const base = baseOf(first)
  const elsewhere = { es: '-mx', pt: '-pt' }[base]
  if (base === 'zh') return [/tw|hk|mo|hant/.test(region) ? 'zh-hant' : 'zh-hans']
  if (/informal$/i.test(tag)) return [`${base}-informal`, base]
  return elsewhere && region && region !== 'br' && region !== 'es' ? [base + elsewhere, base] : [base]
}

/**
 * In which languages to show the survey, the best first: the wish, then (for `auto`, and where we lack it) the page's `lang`,
 * then the browser's.
 */
export const languagesFor = (wish = 'auto'): string[] =>
  [wish, document.documentElement.lang, ...(navigator.languages ?? [])]
    .flatMap(codesOf)
    .filter(code => Object.keys(languages).includes(code))
