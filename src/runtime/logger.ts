/** What a server tells its operator. A pino logger is one. No field ever holds a secret, an e-mail, a text or a token. */
export interface Logger {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

const nothing = () => undefined

/** One JSON line a record on the console, from `warn` up: what runs without a logger should still say what is wrong. */
export const consoleLogger: Logger = {
  info: nothing,
  warn: (fields, message) => console.warn(JSON.stringify({ level: 'warn', ...fields, message })),
  error: (fields, message) => console.error(JSON.stringify({ level: 'error', ...fields, message })),
}

/** For who wants no log. */
export const silentLogger: Logger = { info: nothing, warn: nothing, error: nothing }
