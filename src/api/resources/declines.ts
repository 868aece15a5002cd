import type { Endpoint } from '../endpoint.js'
import { createDecline } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-user-counters.js'
import { accountRecordEndpoints } from './account-record-endpoints.js'
import { announceDecline } from './announce.js'
import { listAll, type RecordKind, recordEndpoints } from './record-endpoints.js'
import { recordDeclineSnapshot } from './record-snapshot.js'
import { declineSchema, serialiseDecline } from './serialise-decline.js'
import { millisecondsOr, type Services } from './services.js'
import { applyEndUserProperties, mergeSurveyPost, surveyColumns } from './survey-columns.js'

const DECLINES: RecordKind<'declines', typeof createDecline> = {
  table: 'declines',
  one: 'decline',
  parameters: createDecline,
  row: (base, parameters, nowMs) => ({
    ...base,
    ip_address: parameters.ip_address ?? null,
    origin_url: parameters.origin_url ?? null,
    created_ms: millisecondsOr(parameters.created_at, nowMs),
    updated_ms: nowMs,
    ...surveyColumns(parameters),
  }),
  inserted: markSurveyed,
  applied: applyEndUserProperties,
  recorded: recordDeclineSnapshot,
  announced: announceDecline,
  merge(earlier, later, parameters) {
    const changes = mergeSurveyPost(earlier, later, parameters)
    return changes && { ...changes, origin_url: later.origin_url ?? earlier.origin_url }
  },
  serialise: serialiseDecline,
  schema: declineSchema,
}

/** Section "Declines". */
export const declineEndpoints = (services: Services): Endpoint[] => [
  listAll(services, DECLINES),
  ...accountRecordEndpoints(services, DECLINES),
  ...recordEndpoints(services, DECLINES),
]
