import { createDeadline } from '../delivery/deadline.js'
import type { Breaker } from '../limits/breaker.js'
import type { Settings } from '../parse-options.js'
import type { AdmittedBatch, ReceivedBatch } from './batch-context.js'
import { unavailable } from './unavailable.js'

export interface AdmitOptions {
  breaker: Pick<Breaker, 'enter'>
  settings: Pick<Settings, 'timeouts' | 'monotonic'>
}

/** The second stage: asks the breaker for leave to go upstream. @throws ProxyError 503 where it gives none */
export function createAdmit({ breaker, settings }: AdmitOptions) {
  const { timeouts, monotonic } = settings
  return (context: ReceivedBatch): AdmittedBatch => {
    const admission = breaker.enter()
    if (typeof admission === 'number') throw unavailable(admission)
    return { ...context, admission, deadline: createDeadline(timeouts.request, monotonic) }
  }
}

/** Gives back what `admit` took, whatever became of the batch. */
export function release({ admission, deadline }: AdmittedBatch): void {
  deadline.clear()
  admission.leave()
}
