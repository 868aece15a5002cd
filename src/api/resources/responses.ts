import { sql } from 'kysely'
import type { Endpoint } from '../endpoint.js'
import { createResponse } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-users.js'
import { responseAnswer, responseSchema } from './answers.js'
import { listAll, listOf, type RecordKind, recordEndpoints } from './record-endpoints.js'
import { millisecondsOr, type Services } from './services.js'

/** Every score is in one of them. */
const CLASSES = { promoters: [9, 10], passives: [7, 8], detractors: [0, 6] } as const

const RESPONSES: RecordKind<'responses', typeof createResponse> = {
  table: 'responses',
  one: 'response',
  parameters: createResponse,
  row: (base, { score, text, ip_address, origin_url, created_at }, nowMs) => ({
    ...base,
    score,
    text: text ?? null,
    ip_address: ip_address ?? null,
    origin_url,
    created_ms: millisecondsOr(created_at, nowMs),
    updated_ms: nowMs,
  }),
  inserted: markSurveyed,
  answer: responseAnswer,
  schema: responseSchema,
}

/** Section "Responses". */
export const responseEndpoints = (services: Services): Endpoint[] => [
  listAll(services, RESPONSES),
  ...Object.entries(CLASSES).map(([name, [least, most]]) =>
    listOf(services, RESPONSES, {
      path: `responses/${name}`,
      summary: `Get all of an end user’s ${name} responses, scores ${least} to ${most}`,
      where: [sql`score between ${least} and ${most}`],
    }),
  ),
  // The document spells it `respones` where it deletes.
  ...recordEndpoints(services, RESPONSES, ['/v1/end_users/:end_user_id/respones/:id']),
]
