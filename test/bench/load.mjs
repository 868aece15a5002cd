import { Pool } from 'undici'

/**
 * Sends one request after the other over each of `connections` connections, for `durationMs`.
 *
 * @param {string[]} urls origins; connections are spread over them
 * @param {() => { method: string, path: string, headers: Record<string, string>, body?: string }} next
 * @returns requests a second, and how long they took, in milliseconds
 */
export async function measure(urls, { connections, durationMs, next }) {
  const pools = urls.map(
    url => new Pool(url, { connections: Math.ceil(connections / urls.length), pipelining: 1 }),
  )
  const times = []
  const end = performance.now() + durationMs
  async function client(pool) {
    while (performance.now() < end) {
      const started = performance.now()
      const { statusCode, body } = await pool.request(next())
      await body.dump()
      if (statusCode >= 300) throw new Error(`answered ${statusCode}`)
      times.push(performance.now() - started)
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, (_, n) => client(pools[n % pools.length])))
  const seconds = (performance.now() - started) / 1_000
  await Promise.all(pools.map(pool => pool.close()))
  times.sort((a, b) => a - b)
  const quantile = q => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0
  return { perSecond: times.length / seconds, p50: quantile(0.5), p99: quantile(0.99) }
}

/** The middle of some numbers, and how far apart they are: `median (least–most)`. */
export function spread(values, digits = 0) {
  const sorted = [...values].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  const print = value => value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, digits === 0 ? ',' : '')
  return { median, text: `${print(median)} (${print(sorted[0])}–${print(sorted.at(-1))})` }
}
