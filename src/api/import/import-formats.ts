/** What a column may be. */
export const TARGETS = [
  'id',
  'email',
  'external_id',
  'score',
  'text',
  'created_at',
  'language',
  'channel',
  'origin_url',
] as const

export type Target = (typeof TARGETS)[number]

/** Where a file comes from, which says what its columns are called. */
export type ImportSource = 'csv' | 'wootric' | 'delighted'

/** Names of columns in lower case, without what is no letter or digit; the first that a file has counts. */
const COMMON: Readonly<Record<Target, readonly string[]>> = {
  id: ['id', 'responseid', 'surveyresponseid'],
  email: ['email', 'emailaddress', 'enduseremail', 'useremail', 'customeremail', 'personemail'],
  external_id: ['externalid', 'userid', 'customerid'],
  score: ['score', 'npsscore', 'nps', 'rating', 'npsrating'],
  text: ['text', 'comment', 'comments', 'feedback', 'answer', 'reason'],
  created_at: [
    'createdat',
    'created',
    'date',
    'responsedate',
    'respondedat',
    'submittedat',
    'timestamp',
    'time',
  ],
  language: ['language', 'locale', 'lang'],
  channel: ['channel', 'surveychannel', 'source'],
  origin_url: ['originurl', 'url', 'page', 'pageurl', 'link'],
}

const NAMES: Readonly<Record<ImportSource, Partial<Record<Target, readonly string[]>>>> = {
  csv: {},
  wootric: {
    id: ['responseid', 'id', 'npsresponseid'],
    text: ['text', 'feedback', 'comment', 'npscomment', 'reason'],
    created_at: ['createdat', 'date', 'responsecreatedat', 'surveyedat'],
    origin_url: ['originurl'],
  },
  delighted: {
    id: ['responseid', 'id', 'surveyresponseid'],
    email: ['email', 'personemail', 'customeremail'],
    external_id: ['personid'],
    created_at: ['respondedat', 'responsedate', 'createdat', 'date', 'surveyedat'],
    origin_url: ['deliveredsurveylink', 'source'],
  },
}

/** Columns that say nothing of a person or a moment. */
const IGNORED: Readonly<Record<ImportSource, readonly string[]>> = {
  csv: [],
  wootric: ['ipaddress', 'enduserid', 'responseurl', 'updatedat'],
  delighted: ['permalink', 'surveytype', 'updatedat', 'notes', 'deliverymethod', 'responseurl'],
}

const plainName = (column: string): string => column.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Which column is what; the others become properties. */
export interface ColumnMap {
  targets: Partial<Record<Target, string>>
  /** Name of the property → column. */
  properties: Readonly<Record<string, string>>
}

/**
 * @param columns those of the file
 * @param given what was said of them: `score=Rating`, `properties.plan=Plan`
 * @throws Error that names a column which the file does not have
 */
export function mapColumns(
  source: ImportSource,
  columns: readonly string[],
  given: readonly (readonly [target: string, column: string])[],
): ColumnMap {
  const targets: Partial<Record<Target, string>> = {}
  const properties: Record<string, string> = {}
  for (const [target, column] of given) {
    const found =
      columns.find(one => one === column) ?? columns.find(one => plainName(one) === plainName(column))
    if (found === undefined)
      throw new Error(`the file has no column '${column}'; it has ${columns.join(', ')}`)
    if (isTarget(target)) targets[target] = found
    else properties[target.replace(/^properties\./, '')] = found
  }
  const byName = new Map(columns.map(column => [plainName(column), column]))
  const taken = () => new Set([...Object.values(targets), ...Object.values(properties)])
  for (const target of TARGETS) {
    if (targets[target] !== undefined) continue
    const names = [...(NAMES[source][target] ?? []), ...COMMON[target]]
    const found = names
      .map(name => byName.get(name))
      .find(column => column !== undefined && !taken().has(column))
    if (found !== undefined) targets[target] = found
  }
  for (const column of columns) {
    if (taken().has(column) || IGNORED[source].includes(plainName(column))) continue
    properties[column.replace(/^(property|properties)[ ._:-]+/i, '')] = column
  }
  return { targets, properties }
}

const isTarget = (name: string): name is Target => (TARGETS as readonly string[]).includes(name)
