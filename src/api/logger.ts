/** What is used of a logger; pino's fits. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = () => undefined

/** For who wants no log. */
export const silentLogger: Logger = { info: nothing, warn: nothing, error: nothing }

/** What is logged of an error: not its message, which may quote what somebody wrote. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: typeof error }
  const frames = error.stack?.split('\n').filter(line => /^\s+at /.test(line))
  return { error: error.name, code: 'code' in error ? error.code : undefined, stack: frames?.join('\n') }
}
