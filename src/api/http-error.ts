import { ZerotenError } from '../http/zeroten-error.js'
import type { ErrorList } from '../wire/v1.js'

/** One thing that is wrong with a request. */
export interface Fault {
  message: string
  /** The parameter that it is about. */
  field?: string
}

/** A refusal: becomes an answer with `status`, and a body that says `code` and the faults. */
export class HttpError extends ZerotenError {
  override name = 'HttpError'
  readonly status: number
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    faults: string | readonly Fault[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    const list = typeof faults === 'string' ? [{ message: faults }] : faults
    super(code, list.map(({ message }) => message).join('; '))
    this.status = status
    this.faults = list
    this.headers = headers
  }
}

/** The body of every refusal but the token endpoint's. */
export const errorList = ({ code, faults }: HttpError): ErrorList => ({
  type: 'error_list',
  errors: faults.map(({ message, field }) => ({ status: code, message, field: field ?? null })),
})

/** Missing, foreign and malformed ids answer alike, so that no answer tells what another account has. */
export const notFound = (): HttpError =>
  new HttpError(404, 'record_not_found', 'The record could not be found')

export const invalid = (message: string, field: string): HttpError =>
  new HttpError(400, 'invalid_parameter', [{ message: `${field} ${message}`, field }])
