import * as v from 'valibot'
import type { Properties, Segment } from '../../wire/v1.js'
import type { PrintDatetime } from '../datetime.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { selectLatestProperties } from '../storage/end-user-properties.js'
import { datetime } from './record-shapes.js'
import type { Services } from './services.js'

/** Segments are found with those end users who were updated last: to look at all would take as long as there are many. */
const LATEST_END_USERS = 1_000
const MAX_SEGMENTS = 1_000

const segmentSchema = v.object({
  name: v.string(),
  data_type: v.picklist(['string', 'date', 'integer']),
  created_at: datetime,
})

/** Section "Segments" of the later document: the properties that end users have. */
export const segmentEndpoints = ({ storage }: Services): Endpoint[] => [
  defineEndpoint({
    method: 'GET',
    path: '/v1/segments',
    summary: `Get the properties of the ${LATEST_END_USERS} end users who were updated last (later document)`,
    parameters: v.object({}),
    answers: v.array(segmentSchema),
    async handle({ accountId, print }) {
      return segmentsOf(
        await selectLatestProperties(storage.scansFor(accountId), accountId, LATEST_END_USERS),
        print,
      )
    },
  }),
]

interface Seen {
  createdMs: number
  isInteger: boolean
}

function segmentsOf(
  rows: readonly { properties: string; created_ms: number }[],
  print: PrintDatetime,
): Segment[] {
  const seen = new Map<string, Seen>()
  for (const { properties, created_ms } of rows) {
    for (const [name, value] of Object.entries(JSON.parse(properties) as Properties)) {
      const known = seen.get(name)
      if (!known && seen.size === MAX_SEGMENTS) continue
      seen.set(name, {
        createdMs: Math.min(known?.createdMs ?? created_ms, created_ms),
        isInteger: (known?.isInteger ?? true) && /^-?\d{1,15}$/.test(String(value)),
      })
    }
  }
  return [...seen]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { createdMs, isInteger }]) => ({
      name,
      // By the document's own convention a property is a date where its name ends so.
      data_type: !isInteger ? 'string' : name.endsWith('_date') ? 'date' : 'integer',
      created_at: print(createdMs),
    }))
}
