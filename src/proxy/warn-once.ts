import type { Logger } from '../runtime/logger.js'

/** What an operator is told once in the life of a process: each is a matter of the set-up, and comes with every request. */
export type OnceTopic = 'cut_parameter' | 'untrusted_forwarder' | 'no_client_address' | 'unopened_ticket'

export interface WarnOnce {
  (topic: OnceTopic, fields: Record<string, unknown>, message: string): void
  has(topic: OnceTopic): boolean
}

export function createWarnOnce(logger: Logger): WarnOnce {
  const warned = new Set<OnceTopic>()
  return Object.assign(
    (topic: OnceTopic, fields: Record<string, unknown>, message: string) => {
      if (warned.has(topic)) return
      warned.add(topic)
      logger.warn(fields, message)
    },
    { has: (topic: OnceTopic) => warned.has(topic) },
  )
}
