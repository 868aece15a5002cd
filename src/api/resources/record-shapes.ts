import * as v from 'valibot'

/** What the fields of records look like on the wire, for the OpenAPI description. */

export const id = v.pipe(v.number(), v.integer(), v.minValue(1))

export const datetime = v.pipe(
  v.string(),
  v.regex(/^\d{4,5}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3}[+-]\d\d:\d\d| [+-]\d{4})?$/),
)

export const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const property = v.union([v.string(), v.number(), v.boolean()])

/** Only with `--document later`. */
export const later = <S extends v.GenericSchema>(schema: S) => v.optional(schema)
