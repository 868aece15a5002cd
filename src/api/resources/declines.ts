import type { Endpoint } from '../endpoint.js'
import { createDecline } from '../request/schemas.js'
import { markSurveyed } from '../storage/end-users.js'
import { declineAnswer, declineSchema } from './answers.js'
import { listAll, type RecordKind, recordEndpoints } from './record-endpoints.js'
import { millisecondsOr, type Services } from './services.js'

const DECLINES: RecordKind<'declines', typeof createDecline> = {
  table: 'declines',
  one: 'decline',
  parameters: createDecline,
  row: (base, { created_at }, nowMs) => ({
    ...base,
    created_ms: millisecondsOr(created_at, nowMs),
    updated_ms: nowMs,
  }),
  inserted: markSurveyed,
  answer: declineAnswer,
  schema: declineSchema,
}

/** Section "Declines". */
export const declineEndpoints = (services: Services): Endpoint[] => [
  listAll(services, DECLINES),
  ...recordEndpoints(services, DECLINES),
]
