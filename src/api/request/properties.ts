import * as v from 'valibot'
import { MAX_LABEL_LENGTH, MAX_TEXT_LENGTH } from '../../domain/bounds.js'
import { isStorable } from '../../domain/storable-text.js'
import type { Properties } from '../../wire/v1.js'

/** More than any survey is broken down by. */
const MAX_COUNT = 500

/** A flat hash, `properties[plan]=pro` or JSON's `{"plan": "pro"}`. JSON null takes a property away. */
export const properties = v.pipe(
  v.custom<Properties>(
    input => typeof input === 'object' && input !== null && !Array.isArray(input),
    'must be a hash',
  ),
  v.metadata({
    type: 'object',
    additionalProperties: { type: ['string', 'number', 'boolean', 'null'], maxLength: MAX_TEXT_LENGTH },
    maxProperties: MAX_COUNT,
    propertyNames: { minLength: 1, maxLength: MAX_LABEL_LENGTH },
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
  if (name === '' || name.length > MAX_LABEL_LENGTH || !isStorable(name))
    return `has a name that is empty, longer than ${MAX_LABEL_LENGTH} characters or can’t be stored`
  if (typeof value === 'object' && value !== null) return 'must be flat: no value may be a hash or a list'
  // JSON has numbers that none of ours is: `1e400` would be kept as null.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'has a number that is too large'
  if (typeof value === 'string' && (value.length > MAX_TEXT_LENGTH || !isStorable(value)))
    return `has a value that is longer than ${MAX_TEXT_LENGTH} characters or can’t be stored`
  return undefined
}
