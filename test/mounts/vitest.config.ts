import { defineConfig } from 'vitest/config'

const MINUTE_MS = 60_000

/**
 * `npm run try:mounts`: the mounts that need what is not among this package's dependencies, nginx and Caddy on the path and
 * Next.js from npm. Not a part of `npm test`.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    maxWorkers: 1,
    testTimeout: 10 * MINUTE_MS,
    hookTimeout: 10 * MINUTE_MS,
  },
})
