import { defineConfig } from 'vitest/config'

const minutes = (n: number) => n * 60_000

/**
 * What real processes and browsers do takes as long as the machine needs, so a state is waited for, not a moment. One retry
 * keeps a hiccup of a busy machine from costing a run; `test/run.mjs` names whatever needed it.
 */
const patience = {
  testTimeout: minutes(1),
  hookTimeout: minutes(1),
  // Longer than the twenty seconds for which a first attempt has its event to itself.
  expect: { poll: { timeout: 40_000 } },
  retry: 1,
}

/**
 * One project per kind of test. Two files run at a time, of whatever kind, also on two cores: most of those with a browser
 * wait more than they work. A project of its own `fileParallelism: false` would run after all others, alone.
 */
export default defineConfig({
  test: {
    reporters: ['default'],
    maxWorkers: 2,
    sequence: { shuffle: { files: true, tests: true } },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: ['test/unit/widget/**'],
          ...patience,
        },
      },
      {
        // As the build has it.
        define: { __VERSION__: '"0.0.0"' },
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
        test: {
          name: 'page',
          include: ['test/unit/widget/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          ...patience,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          ...patience,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          ...patience,
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/{browser,fault}/**/*.test.ts'],
          ...patience,
          testTimeout: minutes(2),
        },
      },
    ],
  },
})
