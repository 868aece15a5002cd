import { SETTINGS } from '../../src/widget/settings/settings-table.js'

const rows = Object.entries(SETTINGS)
type Entry = (typeof rows)[number]
type Row = Entry[1]

/** Which function of `parse-value.ts` reads it. */
const PARSERS: Readonly<Record<string, string>> = {
  'yes or no': 'yesOrNo',
  list: 'list',
  object: 'properties',
  'text, or one a class': 'textPerClass',
  text: 'text',
  'text, or a function': 'textOrCallback',
  function: 'callback',
  path: 'path',
  number: 'number',
}

const parserOf = ([name, { kind, unit }]: Entry): string => {
  if (name === 'consent') return 'consent'
  if (name === 'identity') return 'later'
  if (unit === 'seconds') return 'seconds'
  return (typeof kind === 'string' && PARSERS[kind]) || 'text'
}

const fields = (chosen: Entry[], parse = parserOf) =>
  chosen.map(entry => `  ${entry[0]}: is.${parse(entry)},`).join('\n')

/** By these the tag is known to be ours, and to mean us and not Wootric's names. */
const COMMON = ['productName', 'language']

const isOfCore = ([name, { kind, chunk }]: Entry) => !chunk || kind === 'yes or no' || COMMON.includes(name)
/** What the core has parsed and the survey reads as well. */
const SHARED = ['keepParams', 'hashRoutes', 'surveyImmediately', 'askPermission', 'showOptOut']
const isText = (entry: Entry) => parserOf(entry) === 'text'

/** `src/widget/settings/kinds.ts`, made of the table. */
export const settingsKinds =
  (): string => `/** Made by \`npm run settings\` of \`settings-table.ts\`: how a setting is read, by its name. */
import * as is from './parse-value.js'

/** What the proxy is asked for with each verdict, by wire names that are these in snake_case. */
export const WISHES = {
${fields(rows.filter(([, { wire }]) => wire))}
}

/** What the core reads; it passes on the rest. */
export const KINDS: Readonly<Record<string, is.ParseValue>> = {
  ...WISHES,
${fields(rows.filter(entry => isOfCore(entry) && !entry[1].wire))}
}

/** What the survey reads; the rest is text. */
export const SURVEY_KINDS: Readonly<Record<string, is.ParseValue>> = {
${fields(rows.filter(entry => !isOfCore(entry) && !isText(entry)))}
${fields(
  rows.filter(([name]) => SHARED.includes(name)),
  () => 'asParsed',
)}
}
`

/** What fits, in words, for whoever reads the console. */
const fitsOf = ({ kind, unit, most }: Row): string => {
  if (Array.isArray(kind)) return kind.join(' or ')
  if (kind === 'number') return `a number of ${unit ?? 'times'}, 0 to ${most}`
  if (kind === 'path') return 'a path on this origin, /zeroten say'
  if (kind === 'yes or no') return 'true or false'
  if (kind === 'list') return 'a list'
  if (kind === 'object') return 'a flat object of texts, numbers, true, false and null'
  if (kind === 'function') return 'a function'
  if (kind === 'text, or a function') return 'text, or a function that fetches it'
  return kind === 'text' ? 'text' : 'text, or an object of texts by class'
}

/** \`src/widget/diagnostics/setting-names.ts\`, made of the table. */
export const settingNames = (): string => {
  const all = new Map<string, Entry[]>()
  for (const entry of rows) all.set(fitsOf(entry[1]), [...(all.get(fitsOf(entry[1])) ?? []), entry])
  const lines = [...all].map(([fits, entries]) => {
    const { kind, most } = (entries[0] as Entry)[1]
    const limit = most ? `, ${most}` : Array.isArray(kind) ? `, /^(${kind.join('|')})$/` : ''
    return `  ['${fits}', '${entries.map(([name]) => name).join(' ')}'${limit}],`
  })
  return `/** Made by \`npm run settings\` of \`settings-table.ts\`: what fits, the settings that it fits, and the limit of it. */
export const NAMES_BY_WHAT_FITS: readonly (readonly [
  fits: string,
  names: string,
  limit?: number | RegExp,
])[] = [
${lines.join('\n')}
]
`
}
