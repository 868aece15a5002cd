import * as v from 'valibot'
import { HttpError } from '../http-error.js'
import type { Fields } from './fields.js'

const MAX_FAULTS = 20

/**
 * The fields as `schema` types them.
 *
 * @throws HttpError 400 with every parameter that is wrong
 */
export function validate<S extends v.GenericSchema>(schema: S, fields: Fields): v.InferOutput<S> {
  const result = v.safeParse(schema, fields)
  if (result.success) return result.output
  const faults = result.issues.slice(0, MAX_FAULTS).map(issue => {
    const path = issue.path?.map(({ key }) => key).filter(key => typeof key === 'string') ?? []
    const [base = '', ...members] = path
    const field = base + members.map(member => `[${member}]`).join('')
    return { message: `${field} ${issue.message}`, field }
  })
  throw new HttpError(400, 'invalid_parameter', faults)
}
