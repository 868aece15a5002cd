/**
 * Which statuses are tried again, and by whom. Status 0 stands for "no answer": network, timeout, a body that is not
 * ours.
 *
 * | status                  | widget → proxy         | client → API                    | proxy, per event upstream |
 * | ----------------------- | ---------------------- | ------------------------------- | ------------------------- |
 * | 0                       | retry                  | retry if safe to repeat         | retry                     |
 * | 408, 423, 425, 429      | retry                  | retry if safe to repeat         | retry                     |
 * | 409                     | retry                  | fail                            | duplicate                 |
 * | 500 and above           | retry                  | retry if safe to repeat         | retry                     |
 * | 401                     | slow: deployment fault | renew the token once, then fail | retry                     |
 * | 403                     | slow, see `failure-policy.ts`    | fail                            | retry                     |
 * | 404, 405                | slow                   | fail                            | retry (the end user is looked up anew) |
 * | 400, 413, 422           | bisect to the culprit  | fail                            | reject                    |
 * | other 4xx               | bisect to the culprit  | fail                            | retry: of the account, or the way |
 * | 2xx, 3xx that reach us  | retry: not our answer  | fail: not the API's answer      | retry                     |
 *
 * "Safe to repeat" is GET, PUT and DELETE; a POST only where the API honours idempotency keys.
 */

export type WidgetAction = 'retry' | 'slow' | 'bisect'
export type ProxyAction = 'retry' | 'duplicate' | 'reject'

const isTransient = (status: number): boolean =>
  status < 400 || status >= 500 || [408, 423, 425, 429].includes(status)

const isDeploymentFault = (status: number): boolean => [401, 403, 404, 405].includes(status)

/** What the widget does with a batch that was not answered event by event. */
export const widgetAction = (status: number): WidgetAction =>
  isTransient(status) || status === 409 ? 'retry' : isDeploymentFault(status) ? 'slow' : 'bisect'

/** Whether the client repeats a request; a 401 is renewed once by the token source and does not come here. */
export function clientRetries(status: number, safeToRepeat: boolean): boolean {
  return safeToRepeat && isTransient(status) && (status < 200 || status >= 400)
}

/** What becomes of one event that upstream refused. */
export function proxyAction(status: number): ProxyAction {
  if (status === 409) return 'duplicate'
  return [400, 413, 422].includes(status) ? 'reject' : 'retry'
}
