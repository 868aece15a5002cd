/** Upper bounds of the histograms, seconds. */
const BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

interface Buckets {
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
export function createCounterFamily(name: string, help: string, labels: readonly string[]) {
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

/** A family of histograms of durations, with one label. */
export function createDurationFamily(name: string, help: string, label: string) {
  const histograms = new Map<string, Buckets>()

  function renderOne([value, { counts, sum, count }]: [string, Buckets]): string {
    const labels = { [label]: value }
    let below = 0
    const buckets = BUCKETS_S.map((bound, index) => {
      below += counts[index] ?? 0
      return series(`${name}_bucket`, { ...labels, le: String(bound) }, below)
    })
    return [
      ...buckets,
      series(`${name}_bucket`, { ...labels, le: '+Inf' }, count),
      series(`${name}_sum`, labels, sum),
      series(`${name}_count`, labels, count),
    ].join('')
  }

  return {
    observe(value: string, seconds: number) {
      const histogram = histograms.get(value) ?? { counts: BUCKETS_S.map(() => 0), sum: 0, count: 0 }
      const bucket = BUCKETS_S.findIndex(bound => seconds <= bound)
      if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1
      histogram.sum += seconds
      histogram.count++
      histograms.set(value, histogram)
    },
    render: () =>
      `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${[...histograms].map(renderOne).join('')}`,
  }
}
