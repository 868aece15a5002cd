import type { Settings } from './settings.js'

/** Only these are numbers: a product called "24.10" keeps its name, and an id of digits its leading zeros. */
const NUMBERS = /(At|Delay|Days|Percent|Views)$/
const LISTS = /(Params|Pages)$/

const parseValue = (name: string, text: string): unknown => {
  if (!text) return true
  try {
    const value = JSON.parse(text)
    if (typeof value !== 'number' || NUMBERS.test(name)) return value
  } catch {
    // Words need no quotes.
    if (LISTS.test(name)) return text.match(/[^\s,]+/g)
  }
  return text
}

/**
 * The settings that a tag's `data-*` attributes give: `data-time-delay="5"` is 5, `data-allow-bots` is true,
 * `data-keep-params="q page"` is a list, `data-properties='{"plan":"pro"}'` an object.
 */
export const parseTagSettings = (dataset: DOMStringMap): Settings =>
  Object.fromEntries(Object.entries(dataset).map(([name, text = '']) => [name, parseValue(name, text)]))
