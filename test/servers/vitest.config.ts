import { defineConfig } from 'vitest/config'

const MINUTE_MS = 60_000

/**
 * `npm run try:redis`, `try:pgbouncer`: what is used beside PostgreSQL in production, as Debian packages it
 * (`apt-get install redis-server pgbouncer postgresql-15`). Not a part of `npm test`; what is not installed fails.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    maxWorkers: 1,
    testTimeout: 2 * MINUTE_MS,
    hookTimeout: 2 * MINUTE_MS,
    expect: { poll: { timeout: 15_000 } },
  },
})
