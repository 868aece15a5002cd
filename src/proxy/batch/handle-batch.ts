import type { BatchAnswer } from '../../wire/delivery.js'
import type { RequestContext } from '../options.js'
import type { ProxyRequest } from '../request/proxy-request.js'
import { type AdmitOptions, createAdmit, release } from './admit.js'
import { createDecide, type DecideOptions } from './decide.js'
import { createDeliver, type DeliverOptions } from './deliver.js'
import { createIdentify, type IdentifyOptions } from './identify.js'
import { createOwn, type OwnOptions } from './own.js'
import { createReceive, type ReceiveOptions } from './receive.js'
import { createRespond, type RespondOptions, respondToCrawler } from './respond.js'

/** What the stages need, each its part of it. */
export type BatchHandlerOptions = ReceiveOptions &
  AdmitOptions &
  IdentifyOptions &
  OwnOptions &
  DeliverOptions &
  DecideOptions &
  RespondOptions

/** The whole of `POST {base}/events`: from a request to a result for each of its events, and the verdict. */
export type HandleBatch = (
  incoming: ProxyRequest,
  context: RequestContext,
  requestId: string,
) => Promise<BatchAnswer>

/** Puts the stages in a row: receive → admit → identify → own → deliver → decide → respond. */
export function createBatchHandler(options: BatchHandlerOptions): HandleBatch {
  const receive = createReceive(options)
  const admit = createAdmit(options)
  const identify = createIdentify(options)
  const own = createOwn(options)
  const deliver = createDeliver(options)
  const decide = createDecide(options)
  const respond = createRespond(options)

  return async (incoming, context, requestId) => {
    const received = await receive(incoming, context, requestId)
    if (received.isCrawler) return respondToCrawler(options, received)
    const admitted = admit(received)
    try {
      const owned = await own(await identify(admitted))
      return await respond(await decide(await deliver(owned)))
    } finally {
      release(admitted)
    }
  }
}
