/** What is used of a logger; pino's fits. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = () => undefined

/** For who wants no log. */
export const silentLogger: Logger = { info: nothing, warn: nothing, error: nothing }
