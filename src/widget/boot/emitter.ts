import type { DeliveryEvent, Verdict } from '../../wire/delivery.js'
import type { Settings } from '../settings/settings.js'
import type { CloseReason } from '../survey/panel-types.js'

/** What the page can listen to, and what each handler gets. */
export interface WidgetEvents {
  verdict: Verdict
  show: Record<string, never>
  score: { score: number }
  comment: { text: string }
  response: { score: number; text?: string }
  decline: Record<string, never>
  close: { reason: CloseReason }
  queued: { id: string; type: DeliveryEvent['type'] }
  delivered: { id: string; type: DeliveryEvent['type']; status: 'done' | 'duplicate' }
  rejected: { id: string; reason: string }
  evicted: { pageViews: number; answers: number }
  error: { error: unknown }
}

/** What is told of one kind of happening. */
export type Handler<K extends keyof WidgetEvents> = (detail: WidgetEvents[K]) => void

/** Tells handlers what happened. */
export interface Emitter {
  /** @returns how to stop listening */
  on<K extends keyof WidgetEvents>(name: K, handler: Handler<K>): () => void
  /** Tells of an error: as an event, and on the console in debug. */
  report(error: unknown): void
  emit<K extends keyof WidgetEvents>(name: K, detail: WidgetEvents[K]): void
  /**
   * The one guard that every callback of ours runs behind: what it throws, now or later, becomes an `error` event and
   * never reaches the page.
   */
  guard<A extends unknown[]>(work: (...args: A) => unknown): (...args: A) => Promise<void>
}

export function createEmitter(settings: Pick<Settings, 'debug'>): Emitter {
  const handlers = new Set<readonly [name: string, handler: Handler<never>]>()

  const report = (error: unknown) => {
    if (settings.debug) console.warn('zeroten', error)
    emit('error', { error })
  }

  const emit: Emitter['emit'] = (name, detail) => {
    for (const [wanted, handler] of handlers) {
      try {
        if (wanted === name) handler(detail as never)
      } catch (error) {
        // A broken `error` handler has nobody left to tell.
        if (name !== 'error') report(error)
      }
    }
  }

  return {
    on: (name, handler) => {
      const entry = [name, handler] as const
      handlers.add(entry)
      return () => handlers.delete(entry)
    },
    report,
    emit,
    guard:
      work =>
      async (...args) => {
        try {
          await work(...args)
        } catch (error) {
          report(error)
        }
      },
  }
}
