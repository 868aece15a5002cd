import { parseChoice, parsePort, parseText } from './flag-values.js'

const host = {
  takes: 'HOST',
  parse: parseText,
  initial: '127.0.0.1',
  help: 'the address to listen on; 0.0.0.0 for all of them',
} as const

/** Where a server listens; each has a port of its own by default. */
export const listeningFlags = <const P extends string>(port: P) =>
  ({
    port: { takes: 'PORT', parse: parsePort, initial: port, help: 'where to listen; 0 for a free one' },
    host,
  }) as const

/** What operates a server: its log, on standard error, and what a supervisor asks. */
export const operatingFlags = {
  'metrics-port': {
    takes: 'PORT',
    parse: parsePort,
    help: 'serve /metrics, /health and /ready here, on the same host; off without it',
  },
  'log-level': {
    takes: 'LEVEL',
    parse: parseChoice('debug', 'info', 'warn', 'error', 'silent'),
    initial: 'warn',
    help: 'debug, info, warn, error or silent: one JSON line a record on standard error',
  },
} as const
