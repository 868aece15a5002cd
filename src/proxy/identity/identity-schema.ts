import * as v from 'valibot'
import type { Properties } from '../../wire/v1.js'
import { isOwnProperty } from '../delivery/reserved-properties.js'

const MAX_PROPERTIES = 100

/** What JSON can hold and no database or log should: U+0000 and half a character. */
export const isWhole = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text)
const hasNoControls = (text: string): boolean => !/\p{Cc}/u.test(text)

/** A name of something: one line, not too long. */
export const labelSchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.check(isWhole),
  v.check(hasNoControls),
)

/** As the API takes one: any identifier without control characters. */
export const emailSchema = v.pipe(v.string(), v.trim(), labelSchema)

const propertySchema = v.union([
  v.pipe(v.string(), v.maxLength(1_000), v.check(isWhole)),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
])

/** Flat, as the API keeps them. */
export const propertiesSchema = v.pipe(
  v.record(labelSchema, propertySchema),
  v.check(properties => Object.keys(properties).length <= MAX_PROPERTIES),
)

/** What a page says of its visitor: whatever of it can be kept. */
export const pagePropertiesSchema = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((given): Properties => {
    const kept = Object.entries(given).filter(
      (entry): entry is [string, Properties[string]] =>
        v.is(labelSchema, entry[0]) && v.is(propertySchema, entry[1]) && !isOwnProperty(entry[0]),
    )
    return Object.fromEntries(kept.slice(0, MAX_PROPERTIES))
  }),
)
