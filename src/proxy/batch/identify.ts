import { createDeadline } from '../delivery/deadline.js'
import type { createIdentifier } from '../identity/identity.js'
import type { Settings } from '../parse-options.js'
import type { AdmittedBatch, IdentifiedBatch } from './batch-context.js'
import { unavailable } from './unavailable.js'

export interface IdentifyOptions {
  identifier: ReturnType<typeof createIdentifier>
  settings: Pick<Settings, 'consent' | 'timeouts' | 'monotonic'>
}

/** A host that could not say anything in time is asked again after so long. */
const HOST_WAIT_MS = 5_000

/**
 * The third stage: asks the host of whoever is on the page. One that hangs leaves time for what needs no word of its.
 * Rejects with a ProxyError 503 where it can't say in time whether they consent.
 */
export function createIdentify({ identifier, settings }: IdentifyOptions) {
  const { timeouts, monotonic } = settings

  return async (context: AdmittedBatch): Promise<IdentifiedBatch> => {
    const { incoming, batch } = context
    const deadline = createDeadline(timeouts.request / 2, monotonic)
    const ask = <T>(work: Promise<T> | T) => deadline.within(Promise.resolve(work).then(said => ({ said })))
    try {
      const consent = await ask(settings.consent?.(incoming.request))
      if (!consent) throw unavailable(HOST_WAIT_MS)
      const hostConsent = consent.said
      // Whose page views are refused must be known even where nobody says who it is.
      const isPresent = batch.ask !== undefined || batch.identity !== undefined || hostConsent === false
      if (!isPresent) return { ...context, who: undefined, identity: undefined, hostConsent }
      const answer = await ask(identifier(incoming, batch.identity))
      const who = answer ? answer.said : 'identity_invalid'
      return { ...context, who, identity: typeof who === 'object' ? who : undefined, hostConsent }
    } finally {
      deadline.clear()
    }
  }
}
