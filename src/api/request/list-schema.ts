import * as v from 'valibot'
import type { TimeCondition } from '../storage/list-scope.js'
import { email, unixSeconds } from './schemas.js'

const OPERATORS = ['eq', 'lt', 'lte', 'gt', 'gte'] as const satisfies readonly TimeCondition['operator'][]

const filter = v.strictObject(
  {
    eq: v.optional(unixSeconds),
    lt: v.optional(unixSeconds),
    lte: v.optional(unixSeconds),
    gt: v.optional(unixSeconds),
    gte: v.optional(unixSeconds),
  },
  issue => (issue.expected === 'never' ? 'takes eq, lt, lte, gt and gte' : 'must be a hash'),
)

/** More conditions than anybody needs; SQLite can't take more than a thousand. */
const MAX_FILTERS = 20

/** `created[gt]=1&created[lt]=9`, or `created[][gt]=1&…` where an operator comes twice: all must hold. */
const timeFilter = v.pipe(
  v.unknown(),
  v.metadata({
    type: 'object',
    properties: Object.fromEntries(OPERATORS.map(name => [name, { type: 'integer', minimum: 0 }])),
    additionalProperties: false,
  }),
  v.transform(input => (Array.isArray(input) ? input : [input])),
  v.array(filter),
  v.maxLength(MAX_FILTERS, `may come ${MAX_FILTERS} times at most`),
  v.transform(filters => filters.flatMap(conditionsOf)),
)

function conditionsOf(one: v.InferOutput<typeof filter>): TimeCondition[] {
  return OPERATORS.flatMap(operator => {
    const seconds = one[operator]
    return seconds === undefined ? [] : [{ operator, seconds }]
  })
}

const DEFAULT_PER_PAGE = 25
const MAX_PER_PAGE = 50

/** However far a page is, its number must fit an offset. */
const MAX_PAGE = 2 ** 45

const counted = (most: number, otherwise: number, json: object = {}) =>
  v.pipe(
    v.optional(v.string(), String(otherwise)),
    v.metadata({ type: 'integer', minimum: 1, default: otherwise, ...json }),
    v.check(digits => /^0*[1-9]\d*$/.test(digits), 'must be a whole number from 1'),
    v.transform(digits => Math.min(Number(digits), most)),
  )

const scope = {
  page: counted(MAX_PAGE, 1),
  per_page: counted(MAX_PER_PAGE, DEFAULT_PER_PAGE, {
    description: `More than ${MAX_PER_PAGE} is taken as ${MAX_PER_PAGE}.`,
  }),
  created: v.optional(timeFilter),
  updated: v.optional(timeFilter),
  sort_order: v.optional(v.picklist(['asc', 'desc'], 'must be asc or desc')),
}

/** "Scope Parameters" of responses, declines and page views. */
export const listRecords = v.object({
  ...scope,
  sort_key: v.optional(v.picklist(['created_at', 'updated_at'], 'must be created_at or updated_at')),
})

/** "Scope Parameters" of end users. */
export const listEndUsers = v.object({
  ...scope,
  sort_key: v.optional(
    v.picklist(['created_at', 'updated_at', 'email'], 'must be created_at, updated_at or email'),
  ),
  email: v.optional(email),
})
