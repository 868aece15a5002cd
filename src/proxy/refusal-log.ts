import type { Logger } from '../runtime/logger.js'

/** So many lines of one kind at a time, and one a second after that: a flood must not become a flood of log. */
const BURST = 60
const REFILL_MS = 1_000

/**
 * Tells the operator of what is sent back: each refusal in a line of its own with its reason, as long as there are not
 * hundreds of a kind; the next line says how many went without one.
 *
 * @param monotonic milliseconds
 */
export function createRefusalLog(logger: Logger, monotonic: () => number) {
  /** By code: there is a fixed set of them. */
  const budgets = new Map<string, { lines: number; atMs: number; unlogged: number }>()
  return (code: string, fields: Record<string, unknown>, message: string): void => {
    const nowMs = monotonic()
    const budget = budgets.get(code) ?? { lines: BURST, atMs: nowMs, unlogged: 0 }
    budgets.set(code, budget)
    budget.lines = Math.min(BURST, budget.lines + (nowMs - budget.atMs) / REFILL_MS)
    budget.atMs = nowMs
    if (budget.lines < 1) {
      budget.unlogged++
      return
    }
    budget.lines--
    const { unlogged } = budget
    budget.unlogged = 0
    logger.warn({ ...fields, ...(unlogged > 0 && { unlogged }) }, message)
  }
}

export type RefusalLog = ReturnType<typeof createRefusalLog>
