import * as v from 'valibot'

const credential = v.pipe(
  v.string('is required'),
  v.nonEmpty('is required'),
  v.maxLength(1_000, 'is too long'),
)

const grant = <T extends string, E extends v.ObjectEntries>(type: T, entries: E) =>
  v.object({ grant_type: v.literal(type), ...entries }, 'is required')

/** What each grant sends to the token endpoint. Unknown parameters are ignored (RFC 6749 section 3.2). */
export const GRANTS = {
  client_credentials: grant('client_credentials', { client_id: credential, client_secret: credential }),
  password: grant('password', { username: credential, password: credential }),
  refresh_token: grant('refresh_token', { refresh_token: credential }),
}

export const tokenAnswerSchema = v.object({
  access_token: v.string(),
  token_type: v.literal('bearer'),
  expires_in: v.pipe(v.number(), v.integer()),
  refresh_token: v.optional(v.string()),
  scope: v.string(),
})

export const tokenErrorSchema = v.object({ error: v.string(), error_description: v.string() })
