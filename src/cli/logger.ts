import { destination, type Logger, pino } from 'pino'

/** One JSON line a record on standard error; standard output is for what a user reads. */
export const createLogger = (level: string): Logger => pino({ level, base: null }, destination(2))
