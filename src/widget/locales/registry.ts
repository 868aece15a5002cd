import type { Words } from './messages.js'

export interface Language {
  /** An import() each, so that each becomes a chunk of the app's own. The tag's build has it by URL, and this away. */
  load(): Promise<{ words: Words }>
  /** Other spellings of the primary subtag: the service's own, and those that BCP 47 gave up or splits finer. */
  aliases?: readonly string[]
  /** @default 'ltr' */
  direction?: 'rtl'
}

/** Every language, by the name of its file here. English is inside the panel as well. */
export const languages: { readonly [code: string]: Language } = {
  ar: { load: () => import('./ar.js'), direction: 'rtl' },
  be: { load: () => import('./be.js') },
  bg: { load: () => import('./bg.js') },
  cs: { load: () => import('./cs.js'), aliases: ['cz'] },
  da: { load: () => import('./da.js') },
  de: { load: () => import('./de.js') },
  'de-informal': { load: () => import('./de-informal.js') },
  el: { load: () => import('./el.js') },
  en: { load: () => import('./en.js') },
  es: { load: () => import('./es.js') },
  'es-mx': { load: () => import('./es-mx.js') },
  et: { load: () => import('./et.js') },
  fa: { load: () => import('./fa.js'), direction: 'rtl' },
  fi: { load: () => import('./fi.js') },
  fr: { load: () => import('./fr.js') },
  he: { load: () => import('./he.js'), aliases: ['iw'], direction: 'rtl' },
  hu: { load: () => import('./hu.js') },
  id: { load: () => import('./id.js'), aliases: ['in'] },
  it: { load: () => import('./it.js') },
  ja: { load: () => import('./ja.js') },
  ko: { load: () => import('./ko.js') },
  lt: { load: () => import('./lt.js') },
  lv: { load: () => import('./lv.js') },
  ms: { load: () => import('./ms.js') },
  nl: { load: () => import('./nl.js') },
  'nl-informal': { load: () => import('./nl-informal.js') },
  no: { load: () => import('./no.js'), aliases: ['nb', 'nn'] },
  pl: { load: () => import('./pl.js') },
  pt: { load: () => import('./pt.js') },
  'pt-pt': { load: () => import('./pt-pt.js') },
  ro: { load: () => import('./ro.js') },
  ru: { load: () => import('./ru.js') },
  sl: { load: () => import('./sl.js') },
  sv: { load: () => import('./sv.js') },
  th: { load: () => import('./th.js') },
  tr: { load: () => import('./tr.js') },
  uk: { load: () => import('./uk.js') },
  vi: { load: () => import('./vi.js') },
  'zh-hans': { load: () => import('./zh-hans.js') },
  'zh-hant': { load: () => import('./zh-hant.js') },
}
