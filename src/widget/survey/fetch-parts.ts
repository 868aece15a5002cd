import { words as english } from '../locales/en.js'
import { languagesFor } from '../locales/language.js'
import type { Words } from '../locales/messages.js'
import { languages } from '../locales/registry.js'
import type { CreateExtras } from './extras/extras.js'
import type { CreateAnswerSteps, PanelOptions } from './panel-types.js'

type Fetching = Pick<PanelOptions, 'settings' | 'loadWords' | 'loadExtras'>

export interface Language {
  words: Words
  /** BCP 47. */
  lang: string
  isRightToLeft: boolean
}

/** Settings whose meaning is in the chunk `extras`. */
const RARE =
  /accent|density|closePosition|scaleColor|thanksText|thanksLinkUrl|facebookPage|twitterAccount|askPermission|showOptOut|disclaimer/

async function fetchWords({ settings, loadWords }: Fetching): Promise<[string, Words]> {
  for (const code of languagesFor(settings.language)) {
    if (code === 'en') break
    try {
      return [code, (await loadWords(code)) as Words]
    } catch {
      // It can't be had now: a question in another language is better than none.
    }
  }
  return ['en', english]
}

async function fetchLanguage(options: Fetching): Promise<Language> {
  const [code, words] = await fetchWords(options)
  return {
    words,
    lang: code.replace('informal', 'x-informal'),
    isRightToLeft: languages[code]?.direction === 'rtl',
  }
}

async function fetchExtras({ settings, loadExtras }: Fetching): Promise<CreateExtras | undefined> {
  const isRare = /modal|inline/.test(`${settings.form}`) || RARE.test(Object.keys(settings).join())
  try {
    const extras = isRare ? await loadExtras?.() : undefined
    return (extras as { createExtras: CreateExtras } | undefined)?.createExtras
  } catch {
    // As above: the question comes first.
    return undefined
  }
}

/** What is not in the panel's own chunk and must be there first: the language, and `extras` where the settings need it. */
export const fetchParts = (options: Fetching) => Promise.all([fetchLanguage(options), fetchExtras(options)])

/** What comes while the question is read. @returns undefined where it can't be had: then the score alone counts */
export async function fetchAnswerSteps({
  loadAnswerSteps,
}: Pick<PanelOptions, 'loadAnswerSteps'>): Promise<CreateAnswerSteps | undefined> {
  try {
    const steps = (await loadAnswerSteps?.()) as { createAnswerSteps: CreateAnswerSteps } | undefined
    return steps?.createAnswerSteps
  } catch {
    // The network may be back when the visitor has chosen.
    return undefined
  }
}
