/**
 * `npm test [-- FILTER …]`: builds, makes sure that there is a browser, runs every test, names each that passed at its second
 * attempt only, and ends with one line, `N passed, N failed`.
 */
import { execFileSync } from 'node:child_process'
import { startVitest } from 'vitest/node'
import { findChromium } from './support/find-chromium.mjs'

const filters = process.argv.slice(2)
execFileSync(process.execPath, ['esbuild.config.mjs', '--meta'], { stdio: 'inherit' })
findChromium()

const vitest = await startVitest('test', filters, { watch: false, run: true })
const modules = vitest.state.getTestModules()
const tests = modules.flatMap(module => [...module.children.allTests()])
const count = state => tests.filter(test => test.result().state === state).length
// A file that fails to load has no tests, and a hook that fails belongs to none: both count as failures.
const suites = modules.flatMap(module => [module, ...module.children.allSuites()])
const broken = suites.filter(suite => suite.errors().length > 0).length
const failed = count('failed') + broken + vitest.state.getUnhandledErrors().length
const skipped = count('skipped')
const flaky = tests.filter(test => test.diagnostic()?.flaky)
await vitest.close()

if (flaky.length > 0) {
  process.stdout.write(`\npassed at the second attempt only, to be mended (${flaky.length}):\n`)
  for (const test of flaky) process.stdout.write(`  ${test.module.relativeModuleId} > ${test.fullName}\n`)
}

process.exitCode = failed + skipped > 0 || tests.length === 0 ? 1 : 0
process.stdout.write(
  `\n${count('passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
)
