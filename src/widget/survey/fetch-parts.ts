import { words as english } from '../locales/en.js'
import { languagesFor } from '../locales/language.js'
import type { Words } from '../locales/messages.js'
import type { CreateMore } from './extras/extras.js'
import type { PanelOptions } from './panel-types.js'

type Fetching = Pick<PanelOptions, 'settings' | 'loadWords' | 'loadMore'>

/** Settings whose meaning is in the chunk `more`. */
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

async function fetchMore({ settings, loadMore }: Fetching): Promise<CreateMore | undefined> {
  const isRare = /modal|inline/.test(`${settings.form}`) || RARE.test(Object.keys(settings).join())
  try {
    return isRare ? ((await loadMore?.()) as { createMore: CreateMore } | undefined)?.createMore : undefined
  } catch {
    // As above: the question comes first.
    return undefined
  }
}

/** What is not in the panel's own chunk: the language with its code, and `more` where the settings need it. */
export const fetchParts = (options: Fetching) => Promise.all([fetchWords(options), fetchMore(options)])
