import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface RequestLabels {
  method: string
  route: string
  status: number
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])

/** What the process counts about itself, for Prometheus. No label can take a value of a caller's making. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'zeroten_api_requests_total',
    help: 'Requests answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'zeroten_api_request_duration_seconds',
    help: 'From the arrival of a request to its answer.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'zeroten_api_refusals_total',
    help: 'Requests refused, by the code of the reason.',
    labelNames: ['status', 'reason'],
    registers: [registry],
  })
  const commits = new Histogram({
    name: 'zeroten_api_commit_units',
    help: 'Writes that shared one commit.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers: [registry],
  })
  const attempts = new Counter({
    name: 'zeroten_api_webhook_attempts_total',
    help: 'Attempts at a message of a webhook, by what came of it; dropped: its record had been deleted.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const webhooks = new Gauge({
    name: 'zeroten_api_webhooks',
    help: 'Webhooks by state; dead and gone ones are sent to no more.',
    labelNames: ['state'],
    registers: [registry],
  })
  const waiting = new Gauge({
    name: 'zeroten_api_webhook_messages_waiting',
    help: 'Messages in the outbox.',
    registers: [registry],
  })

  return {
    attempted(outcome: string) {
      attempts.inc({ outcome })
    },
    webhooks(counts: { states: readonly { state: string; n: number }[]; waiting: number }) {
      for (const state of ['active', 'gone', 'dead']) webhooks.set({ state }, 0)
      for (const { state, n } of counts.states) webhooks.set({ state }, n)
      waiting.set(counts.waiting)
    },
    answered({ method, route, status }: RequestLabels, seconds: number) {
      const known = METHODS.has(method) ? method : 'other'
      requests.inc({ method: known, route, status })
      durations.observe({ method: known, route }, seconds)
    },
    refused(status: number, reason: string) {
      refusals.inc({ status, reason })
    },
    committed(units: number) {
      commits.observe(units)
    },
    /** In Prometheus' text format. */
    print: () => registry.metrics(),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
