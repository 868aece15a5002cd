/** The files of this folder that hold words, English included: what is not among them is never asked for. */
const CODES =
  ' ar be bg cs da de de-informal el en es es-mx et fa fi fr he hu id it ja ko lt lv ms nl nl-informal no pl pt pt-pt ro ru sl sv th tr uk vi zh-hans zh-hant '

/** Other spellings of a primary subtag: the service's own, and those that BCP 47 gave up or splits finer. */
const ALIASES: Record<string, string> = { cz: 'cs', nb: 'no', nn: 'no', iw: 'he', in: 'id' }

/**
 * Names of the files here that may hold the words for a tag, the closest first. Understands the service's codes (`PT_PT`,
 * `ZH_HANT`, `DE_DE_X_INFORMAL`) and BCP 47 (`pt-BR`, `zh-TW`, `es-419`).
 */
export function codesOf(tag: string): string[] {
  const [first = '', region = ''] = tag.toLowerCase().split(/[-_]/)
  const base = ALIASES[first] ?? first
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
    .filter(code => CODES.includes(` ${code} `))
