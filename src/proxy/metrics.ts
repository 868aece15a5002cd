/** A device keeps a thousand events; what a page says beyond that is no truth, and the counters are ours. */
const MAX_EVICTED = 1_000

/** Upper bounds of the histogram, seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

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

interface Histogram {
  counts: number[]
  sum: number
  count: number
}

const series = (name: string, labels: Record<string, string>, value: number): string => {
  const text = Object.entries(labels)
    .map(([label, of]) => `${label}="${of}"`)
    .join(',')
  return `${name}{${text}} ${value}\n`
}

/** A family of counters with the labels that its key is made of. */
function createFamily(name: string, help: string, labels: readonly string[]) {
  const values = new Map<string, number>()
  return {
    /** @param key the labels' values, with a bar between */
    add(key: string, by = 1) {
      values.set(key, (values.get(key) ?? 0) + by)
    },
    render() {
      const rows = [...values].map(([key, value]) => {
        const parts = key.split('|')
        return series(
          name,
          Object.fromEntries(labels.map((label, index) => [label, parts[index] ?? ''])),
          value,
        )
      })
      return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${rows.join('')}`
    },
  }
}

/** prom-client needs Node; this runs anywhere, and four families need no library. */
export function createMetrics(): Metrics {
  const requests = createFamily('zeroten_requests_total', 'Requests by route and status.', [
    'route',
    'status',
  ])
  const files = createFamily('zeroten_files_total', 'Files of the widget that pages asked for.', [
    'file',
    'status',
  ])
  const events = createFamily('zeroten_events_total', 'Events by what became of them.', [
    'type',
    'status',
    'reason',
  ])
  const verdicts = createFamily('zeroten_verdicts_total', 'Verdicts given.', ['survey'])
  const evictions = createFamily('zeroten_evicted_total', 'Events that devices had to give up.', ['type'])
  const refusals = createFamily('zeroten_refusals_total', 'Requests refused as a whole.', ['status', 'code'])
  const calls = createFamily('zeroten_upstream_requests_total', 'Calls upstream.', ['operation', 'outcome'])
  const durations = new Map<string, Histogram>()
  const counters = new Map<CounterName, number>()

  function renderDurations(): string {
    const name = 'zeroten_upstream_seconds'
    const rows = [...durations].map(([operation, { counts, sum, count }]) => {
      let below = 0
      const buckets = BUCKETS_S.map((bound, index) => {
        below += counts[index] ?? 0
        return series(`${name}_bucket`, { operation, le: String(bound) }, below)
      })
      return [
        ...buckets,
        series(`${name}_bucket`, { operation, le: '+Inf' }, count),
        series(`${name}_sum`, { operation }, sum),
        series(`${name}_count`, { operation }, count),
      ].join('')
    })
    return `# HELP ${name} Time of calls upstream.\n# TYPE ${name} histogram\n${rows.join('')}`
  }

  return {
    request: (route, status) => requests.add(`${route}|${status}`),
    file: (name, status) => {
      // The core and what it calls for when something goes wrong: their ratio shows how often that is.
      const file = /^(widget|named|courier)[-.]/.exec(name)?.[1] ?? 'other'
      files.add(`${file}|${status}`)
    },
    event: (type, status, reason = '') => events.add(`${type}|${status}|${reason}`),
    verdict: survey => verdicts.add(survey ? 'yes' : 'no'),
    evicted: (type, count) => evictions.add(type, Math.min(count, MAX_EVICTED)),
    refusal: (status, code) => refusals.add(`${status}|${code}`),
    upstream(operation, outcome, seconds) {
      calls.add(`${operation}|${outcome}`)
      const histogram = durations.get(operation) ?? { counts: BUCKETS_S.map(() => 0), sum: 0, count: 0 }
      const bucket = BUCKETS_S.findIndex(bound => seconds <= bound)
      if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
      histogram.sum += seconds
      histogram.count++
      durations.set(operation, histogram)
    },
    count: name => counters.set(name, (counters.get(name) ?? 0) + 1),
    render() {
      const plain = Object.entries(COUNTERS).map(([name, help]) => {
        const value = counters.get(name as CounterName) ?? 0
        return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${value}\n`
      })
      const families = [requests, files, events, verdicts, evictions, refusals, calls].map(family =>
        family.render(),
      )
      return [...families, renderDurations(), ...plain].join('')
    },
  }
}
