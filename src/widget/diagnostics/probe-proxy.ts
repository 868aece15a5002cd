import { DELIVERY_VERSION, type IdentityClaim } from '../../wire/delivery.js'
import { uuid } from '../capture/uuid.js'
import { post } from '../courier/post-batch.js'
import type { ExplainedGate } from './gate-sentences.js'

/** Says who is here to the proxy, with nothing to record: whether it can be reached, and believes it. */
export async function probeProxy(
  url: string,
  identity: IdentityClaim,
): Promise<Omit<ExplainedGate, 'sentence'>[]> {
  const answer = await post(url, { v: DELIVERY_VERSION, id: uuid(), events: [], identity }, false)
  if ('status' in answer) return [{ gate: 'proxy_reached', open: false, value: answer.status, needed: 200 }]
  return [
    { gate: 'proxy_reached', open: true, value: 200, needed: 200 },
    {
      gate: 'identity',
      open: !answer.identity_problem,
      value: answer.identity_problem ?? answer.identity ?? null,
    },
  ]
}
