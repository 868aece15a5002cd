import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { soak } from '../soak/soak.js'

const SECONDS = 10

const run = (...argv: string[]) =>
  spawnSync(process.execPath, ['test/soak/run.mjs', ...argv], { encoding: 'utf8' })

describe('a short soak', () => {
  it('loses and doubles nothing, and has done what its seed says', { timeout: 240_000 }, async () => {
    const { signal } = new AbortController()
    const options = { seed: 7, minutes: SECONDS / 60, tabs: 2, keys: true, log: () => undefined, signal }
    const { acts, faults, problems, complaints } = await soak(options)
    expect({ problems, complaints }).toEqual({ problems: [], complaints: [] })
    expect(acts.page_view).toBeGreaterThan(0)
    expect(faults).not.toEqual({})
  })
})

describe('npm run soak', () => {
  it('tells its flags', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(/--minutes.+--seeds.+--no-idempotency/s)
  })

  it.each([
    [['--minutes', 'ten'], /^soak: --minutes takes a number from 0\.05 to 50, not 'ten'\n$/],
    [['--tab', '4'], /^soak: Unknown option '--tab'\n$/],
    [
      ['--idempotency', '--no-idempotency'],
      /^soak: --idempotency and --no-idempotency exclude each other\n$/,
    ],
  ])('says in one line what is wrong with %j', (argv, line) => {
    const { status, stderr, stdout } = run(...argv)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(line)
  })
})
