export interface BackoffOptions {
  /** The first ceiling, milliseconds; doubles with every attempt. */
  baseMs: number
  /** The last ceiling, milliseconds. */
  maxMs: number
  /** Uniform in [0, 1). */
  random: () => number
}

/**
 * Full jitter: a uniform wait below a ceiling that doubles, so that clients which failed together do not return
 * together. See "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param attempt how often it has failed so far, from 1
 * @returns milliseconds
 */
export const backoff = (attempt: number, options: BackoffOptions): number =>
  options.random() * Math.min(options.maxMs, options.baseMs * 2 ** (attempt - 1))
