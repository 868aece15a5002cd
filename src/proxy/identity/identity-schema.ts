import * as v from 'valibot'
import { MAX_LABEL_LENGTH } from '../../domain/bounds.js'
import { isLine, isStorable } from '../../domain/storable-text.js'
import type { Properties } from '../../wire/v1.js'
import { isOwnProperty } from '../delivery/reserved-properties.js'
import { FORBIDDEN_NAMES } from '../request/parse-json.js'

const MAX_PROPERTIES = 100
/** So many are looked at to find those: a body has room for thousands. */
const MAX_EXAMINED = 1_000

/** A name of something: one line, not too long. */
export const labelSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_LABEL_LENGTH), v.check(isLine))

/** As the API takes one: any identifier without control characters. */
export const emailSchema = v.pipe(v.string(), v.trim(), labelSchema)

const propertySchema = v.union([
  v.pipe(v.string(), v.maxLength(1_000), v.check(isStorable)),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
])

/** Flat, as the API keeps them. */
export const propertiesSchema = v.pipe(
  v.record(labelSchema, propertySchema),
  v.check(properties => Object.keys(properties).length <= MAX_PROPERTIES),
)

/** What of a page's words on its visitor can be kept: the first hundred names that can be. */
function keepProperties(given: object): Properties {
  const kept: Properties = {}
  let examined = 0
  let count = 0
  for (const [name, value] of Object.entries(given)) {
    if (++examined > MAX_EXAMINED || count === MAX_PROPERTIES) break
    const isAllowed = !FORBIDDEN_NAMES.has(name) && !isOwnProperty(name) && v.is(labelSchema, name)
    if (!isAllowed || !v.is(propertySchema, value)) continue
    kept[name] = value
    count++
  }
  return kept
}

export const pagePropertiesSchema = v.pipe(
  v.custom<object>(given => typeof given === 'object' && given !== null && !Array.isArray(given)),
  v.transform(keepProperties),
)
