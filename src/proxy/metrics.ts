import { createCounterFamily, createDurationFamily } from './metric-families.js'

/** A device keeps a thousand events; what a page says beyond that is no truth, and the counters are ours. */
const MAX_EVICTED = 1_000

/** Counts for the operator. Every label has a fixed set of values: no path, address or identity is one. */
export interface Metrics {
  request(route: string, status: number): void
  /** A file of the widget's was served, or is still the one that the page has. @param file by its name in the build */
  file(file: string, status: number): void
  event(type: string, status: string, reason?: string): void
  verdict(survey: boolean): void
  /** @param count as the page says, so bounded: a device holds no more */
  evicted(type: string, count: number): void
  refusal(status: number, code: string): void
  upstream(operation: string, outcome: string, seconds: number): void
  /** Adds one. */
  count(name: CounterName): void
  /** In the text format of Prometheus. */
  render(): string
}

const COUNTERS = {
  zeroten_page_views_unsupported_total: 'Page views that upstream has no place for.',
  zeroten_impressions_unsupported_total: 'Impressions that upstream has no place for.',
  zeroten_look_ups_total: 'Pages of records read to find what has arrived already.',
  zeroten_anonymous_end_users_total: 'Anonymous end users created.',
  zeroten_end_user_updates_refused_total: 'Properties of end users that upstream refused.',
  zeroten_rate_limited_total: 'Requests and events put off by a rate limit.',
  zeroten_tickets_invalid_total: 'Events whose ticket could not be opened.',
  zeroten_crawler_requests_total: 'Requests of crawlers, of which nothing is recorded.',
} as const
export type CounterName = keyof typeof COUNTERS

const createFamilies = () => ({
  requests: createCounterFamily('zeroten_requests_total', 'Requests by route and status.', [
    'route',
    'status',
  ]),
  files: createCounterFamily('zeroten_files_total', 'Files of the widget that pages asked for.', [
    'file',
    'status',
  ]),
  events: createCounterFamily('zeroten_events_total', 'Events by what became of them.', [
    'type',
    'status',
    'reason',
  ]),
  verdicts: createCounterFamily('zeroten_verdicts_total', 'Verdicts given.', ['survey']),
  evictions: createCounterFamily('zeroten_evicted_total', 'Events that devices had to give up.', ['type']),
  refusals: createCounterFamily('zeroten_refusals_total', 'Requests refused as a whole.', ['status', 'code']),
  calls: createCounterFamily('zeroten_upstream_requests_total', 'Calls upstream.', ['operation', 'outcome']),
  durations: createDurationFamily('zeroten_upstream_seconds', 'Time of calls upstream.', 'operation'),
})

/** The core and what it calls for when something goes wrong: their ratio shows how often that is. */
const fileLabel = (name: string): string => /^(widget|named|courier)[-.]/.exec(name)?.[1] ?? 'other'

/** prom-client needs Node; this runs anywhere, and a few families need no library. */
export function createMetrics(): Metrics {
  const families = createFamilies()
  const { requests, files, events, verdicts, evictions, refusals, calls, durations } = families
  const counters = new Map<CounterName, number>()
  return {
    request: (route, status) => requests.add(`${route}|${status}`),
    file: (name, status) => files.add(`${fileLabel(name)}|${status}`),
    event: (type, status, reason = '') => events.add(`${type}|${status}|${reason}`),
    verdict: survey => verdicts.add(survey ? 'yes' : 'no'),
    evicted: (type, count) => evictions.add(type, Math.min(count, MAX_EVICTED)),
    refusal: (status, code) => refusals.add(`${status}|${code}`),
    upstream(operation, outcome, seconds) {
      calls.add(`${operation}|${outcome}`)
      durations.observe(operation, seconds)
    },
    count: name => counters.set(name, (counters.get(name) ?? 0) + 1),
    render() {
      const plain = Object.entries(COUNTERS).map(([name, help]) => {
        const value = counters.get(name as CounterName) ?? 0
        return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${value}\n`
      })
      return [...Object.values(families).map(family => family.render()), ...plain].join('')
    },
  }
}
