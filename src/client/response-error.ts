import { ClientError, type RequestLine } from './client-error.js'

/** Why what came back is no answer of the API's. */
export type ResponseErrorCode =
  | 'answer_redirected'
  | 'answer_too_large'
  | 'answer_not_json'
  | 'answer_malformed'

const REASONS: Record<ResponseErrorCode, string> = {
  answer_redirected: 'was answered with a redirect, which is not followed',
  answer_too_large: 'was answered with more bytes than allowed',
  answer_not_json: 'was not answered in JSON',
  answer_malformed: 'was answered in a shape that the API does not have',
}

/** There was an answer, and it is not the API's. Nothing of it is kept. */
export class ResponseError extends ClientError {
  override name = 'ResponseError'
  declare readonly code: ResponseErrorCode
  /** Where the shape is wrong: `email`, `3.created_at`; empty for the whole answer, undefined for other codes. */
  readonly field: string | undefined

  constructor({ method, path }: RequestLine, code: ResponseErrorCode, field?: string) {
    super(code, `${method} ${path} ${REASONS[code]}${field ? `: ${field}` : ''}`)
    this.field = field
  }
}
