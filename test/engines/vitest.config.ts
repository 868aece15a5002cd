import { defineConfig } from 'vitest/config'

/** `npm run test:engines`: the main stories in engines beside Chromium, which `npm test` does not need. */
export default defineConfig({
  test: {
    include: ['test/engines/**/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 100 } },
  },
})
