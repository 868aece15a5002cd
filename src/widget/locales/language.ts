/** Languages that have a file here, English included; a code is the file's name. */
const CODES =
  'ar be bg cs da de de-informal el en es es-mx et fa fi fr he hu id it ja ko lt lv ms nl nl-informal no pl pt pt-pt ro ru sl sv th tr uk vi zh-hans zh-hant'.split(
    ' ',
  )

/** Other spellings of a primary subtag: the service's own, and those that BCP 47 gave up or splits finer. */
const ALIASES: Record<string, string> = { cz: 'cs', nb: 'no', nn: 'no', iw: 'he', in: 'id' }

/** The file for one tag: the service's codes (`PT_PT`, `ZH_HANT`, `DE_DE_X_INFORMAL`) and BCP 47 (`pt-BR`, `zh-TW`). */
function codeOf(tag: string): string | undefined {
  const [first = '', ...rest] = tag.toLowerCase().split(/[-_]/)
  const base = ALIASES[first] ?? first
  const has = (...subtags: string[]) => subtags.some(subtag => rest.includes(subtag))
  const code =
    base === 'zh'
      ? has('hant', 'tw', 'hk', 'mo') && !has('hans')
        ? 'zh-hant'
        : 'zh-hans'
      : has('informal')
        ? `${base}-informal`
        : base === 'pt' && rest[0] && !has('br')
          ? 'pt-pt'
          : base === 'es' && rest[0] && !has('es')
            ? 'es-mx'
            : base
  return CODES.includes(code) ? code : CODES.includes(base) ? base : undefined
}

/**
 * Which language's words to show: the wish, or (`auto`, and where we lack it) the page's `lang`, then the browser's.
 *
 * @returns the name of a file in this folder; `en` is in the panel's own chunk
 */
export function languageOf(wish: string | undefined): string {
  for (const tag of [wish, document.documentElement.lang, ...(navigator.languages ?? [])]) {
    const code = tag && codeOf(tag)
    if (code) return code
  }
  return 'en'
}
