import * as v from 'valibot'
import { ApiError, type Fault } from '../api-error.js'
import { type Fields, REPEATED } from './fields.js'

/** The parameters of an endpoint are an object's entries, whose names the body's parser must know. */
export type ParameterSchema = v.GenericSchema & {
  readonly entries: Readonly<Record<string, v.GenericSchema>>
}

const MAX_FAULTS = 20

/**
 * The fields as `schema` types them.
 *
 * @throws ApiError 400 with every parameter that is wrong
 */
export function validate<S extends ParameterSchema>(schema: S, fields: Fields): v.InferOutput<S> {
  const repeated = Object.keys(schema.entries).filter(name => fields[name] === REPEATED)
  if (repeated.length > 0) throw wrong(repeated.map(field => ({ message: `${field} is given twice`, field })))
  const result = v.safeParse(schema, fields)
  if (result.success) return result.output
  const faults = result.issues.slice(0, MAX_FAULTS).map(issue => {
    const path = issue.path?.map(({ key }) => key).filter(key => typeof key === 'string') ?? []
    const [base = '', ...members] = path
    const field = base + members.map(member => `[${member}]`).join('')
    return { message: `${field} ${issue.message}`, field }
  })
  throw wrong(faults)
}

const wrong = (faults: readonly Fault[]) => new ApiError(400, 'invalid_parameter', faults)
