import type {
  Batch,
  BatchAnswer,
  DeliveryEvent,
  EventResult,
  IdentityClaim,
} from '../../src/wire/delivery.js'

/**
 * What becomes of requests: `up` answers; `down` refuses the connection; `mute` takes nothing and never answers; `lossy`
 * does its work and the answer is lost; a status is what something before the proxy answers.
 */
export type NetworkState = 'up' | 'down' | 'mute' | 'lossy' | number

export interface UpstreamRecord {
  event: DeliveryEvent
  whose: string
}

/** The proxy and the API behind it, as far as the widget can tell them apart from real ones. */
export interface FakeProxy {
  network: NetworkState
  /** A status with which something before it refuses a batch. */
  refuse(batch: Batch): number | undefined
  records: UpstreamRecord[]
  batches: Batch[]
  /** Milliseconds since 1970; the widget's device may think otherwise. */
  now(): number
  /** A new process: what it remembered is gone. */
  restart(): void
  /** What a batch does and is answered. */
  take(batch: Batch): BatchAnswer
}

const subjectOf = ({ email, anonymous_id }: IdentityClaim): string => email ?? anonymous_id

const isSame = (a: DeliveryEvent, b: DeliveryEvent): boolean =>
  a.type === b.type &&
  Math.abs(a.at - b.at) <= (a.corrected || b.corrected ? 5 : 0) &&
  ('url' in a ? a.url : '') === ('url' in b ? b.url : '') &&
  ('score' in a ? a.score : '') === ('score' in b ? b.score : '')

/** @param options.keys whether the API honours idempotency keys; where not, only `tried` events are looked for */
export function createFakeProxy({ keys, now = Date.now }: { keys: boolean; now?: () => number }): FakeProxy {
  let finished = new Set<string>()

  function write(event: DeliveryEvent, whose: string): EventResult {
    if (finished.has(event.id)) return { status: 'duplicate' }
    const { records } = proxy
    const isThere = keys
      ? records.some(record => record.event.id === event.id)
      : event.tried && records.some(record => record.whose === whose && isSame(record.event, event))
    if (!isThere) records.push({ event, whose })
    finished.add(event.id)
    return { status: 'done' }
  }

  function resultOf(event: DeliveryEvent, identity: IdentityClaim | undefined): EventResult {
    const whose = event.ticket ?? (identity && subjectOf(identity))
    return whose === undefined ? { status: 'retry', reason: 'identity_missing' } : write(event, whose)
  }

  const proxy: FakeProxy = {
    network: 'up',
    refuse: () => undefined,
    records: [],
    batches: [],
    now,
    restart() {
      finished = new Set()
    },
    take(batch) {
      proxy.batches.push(batch)
      const { id, events, identity, ask, sent_at } = batch
      const errorMs = sent_at === undefined ? 0 : now() - sent_at
      const isClockWrong = Math.abs(errorMs) > 5_000
      const clock: EventResult = { status: 'retry', reason: 'clock' }
      /** Of a first attempt, as the proxy does it. */
      const corrected = (event: DeliveryEvent): DeliveryEvent =>
        isClockWrong ? { ...event, at: Math.floor((event.at * 1_000 + 500 + errorMs) / 1_000) } : event
      return {
        v: 1,
        id,
        now: now(),
        results: Object.fromEntries(
          events.map(event => [
            event.id,
            isClockWrong && event.tried ? clock : resultOf(corrected(event), identity),
          ]),
        ),
        ...(identity && { ticket: subjectOf(identity) }),
        ...(ask && { verdict: { survey: false, until: 0 } }),
      }
    },
  }
  return proxy
}
