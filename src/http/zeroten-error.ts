/** The base of every error that this package throws on purpose. */
export class ZerotenError extends Error {
  override name = 'ZerotenError'
  /** Stable, snake_case; safe to branch on. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
