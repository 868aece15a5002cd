import * as v from 'valibot'
import type { Properties } from '../../wire/v1.js'

const MAX_NAME = 255
const MAX_VALUE = 10_000
/** More than any survey is broken down by. */
const MAX_COUNT = 500
const UNSTORABLE = /[\0\p{Surrogate}]/u

/** A flat hash, `properties[plan]=pro` or JSON's `{"plan": "pro"}`. JSON null takes a property away. */
export const properties = v.pipe(
  v.custom<Properties>(
    input => typeof input === 'object' && input !== null && !Array.isArray(input),
    'must be a hash',
  ),
  v.metadata({
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'], maxLength: MAX_VALUE },
    maxProperties: MAX_COUNT,
    propertyNames: { minLength: 1, maxLength: MAX_NAME },
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    if (Object.keys(dataset.value).length > MAX_COUNT)
      return addIssue({ message: `must be at most ${MAX_COUNT}` })
    for (const [name, value] of Object.entries(dataset.value)) {
      const message = faultOf(name, value)
      if (message) addIssue({ message })
    }
  }),
)

function faultOf(name: string, value: unknown): string | undefined {
  if (name === '' || name.length > MAX_NAME || UNSTORABLE.test(name))
    return `has a name that is empty, longer than ${MAX_NAME} characters or can’t be stored`
  if (typeof value === 'object' && value !== null) return 'must be flat: no value may be a hash or a list'
  // JSON has numbers that none of ours is: `1e400` would be kept as null.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'has a number that is too large'
  if (typeof value === 'string' && (value.length > MAX_VALUE || UNSTORABLE.test(value)))
    return `has a value that is longer than ${MAX_VALUE} characters or can’t be stored`
  return undefined
}
