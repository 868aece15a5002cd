import { sql } from 'kysely'
import { NPS_CLASSES } from '../../domain/nps-class.js'
import type { Endpoint } from '../endpoint.js'
import { createResponse } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-user-counters.js'
import { accountRecordEndpoints } from './account-record-endpoints.js'
import { announceResponse } from './announce.js'
import { listAll, listOf, type RecordKind, recordEndpoints } from './record-endpoints.js'
import { recordResponseSnapshot } from './record-snapshot.js'
import { responseSchema, serialiseResponse } from './serialise-response.js'
import { millisecondsOr, type Services } from './services.js'
import { applyEndUserProperties, mergeSurveyPost, surveyColumns } from './survey-columns.js'

const RESPONSES: RecordKind<'responses', typeof createResponse> = {
  table: 'responses',
  one: 'response',
  parameters: createResponse,
  row: (base, parameters, nowMs) => ({
    ...base,
    score: parameters.score,
    text: parameters.text ?? null,
    ip_address: parameters.ip_address ?? null,
    origin_url: parameters.origin_url,
    created_ms: millisecondsOr(parameters.created_at, nowMs),
    updated_ms: nowMs,
    ...surveyColumns(parameters),
  }),
  inserted: markSurveyed,
  applied: applyEndUserProperties,
  recorded: recordResponseSnapshot,
  announced: announceResponse,
  merge(earlier, later, parameters) {
    const changes = mergeSurveyPost(earlier, later, parameters)
    return (
      changes && {
        ...changes,
        score: later.score,
        text: later.text ?? earlier.text,
        origin_url: later.origin_url,
      }
    )
  },
  serialise: serialiseResponse,
  showsEndUser: true,
  schema: responseSchema,
}

/** Section "Responses". */
export const responseEndpoints = (services: Services): Endpoint[] => [
  listAll(services, RESPONSES),
  ...accountRecordEndpoints(services, RESPONSES),
  ...Object.entries(NPS_CLASSES).map(([name, [least, most]]) =>
    listOf(services, RESPONSES, {
      path: `responses/${name}`,
      summary: `Get all of an end user’s ${name} responses, scores ${least} to ${most}`,
      where: [sql`score between ${least} and ${most}`],
    }),
  ),
  // The document spells it `respones` where it deletes.
  ...recordEndpoints(services, RESPONSES, ['/v1/end_users/:end_user_id/respones/:id']),
]
