import { ClientError, type RequestLine } from './client-error.js'

const REASONS = {
  answer_redirected: 'was answered with a redirect, which is not followed',
  answer_too_large: 'was answered with more bytes than allowed',
  answer_not_json: 'was not answered in JSON',
  answer_malformed: 'was answered in a shape that the API does not have',
} as const

/** There was an answer, and it is not the API's. Nothing of it is kept. */
export class AnswerError extends ClientError {
  override name = 'AnswerError'
  declare readonly code: keyof typeof REASONS
  /** Where the shape is wrong: `email`, `3.created_at`; empty for the whole answer, undefined for other codes. */
  readonly field: string | undefined

  constructor({ method, path }: RequestLine, code: keyof typeof REASONS, field?: string) {
    super(code, `${method} ${path} ${REASONS[code]}${field ? `: ${field}` : ''}`)
    this.field = field
  }
}
