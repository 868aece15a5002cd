import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const HEADLESS_SHELL = 'chromium-headless-shell'
const SYSTEM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

const onPath = name => {
  const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const installed = () =>
  [process.env.CHROMIUM_PATH, chromium.executablePath()].find(path => path && existsSync(path)) ??
  SYSTEM_NAMES.map(onPath).find(Boolean)

const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0

/**
 * The path of a Chromium: `CHROMIUM_PATH`, Playwright's own, or the system's; where there is none, one is installed.
 *
 * @throws Error that says what to do, where none can be had
 */
export function findChromium() {
  const found = installed()
  if (found) return found
  process.stderr.write('No Chromium found; installing one.\n')
  run('npx', ['playwright', 'install', 'chromium'])
  if (!installed() && process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    execFileSync('apt-get', ['install', '-y', '-qq', 'chromium'], { stdio: 'inherit' })
    // Not every release has it, and nothing depends on it.
    run('apt-get', ['install', '-y', '-qq', HEADLESS_SHELL])
  }
  const path = installed()
  if (!path) {
    throw new Error('The browser tests need Chromium: install it, or set CHROMIUM_PATH to the path of one.')
  }
  return path
}

/**
 * The path of the system's headless shell beside its Chromium, else of what {@link findChromium} finds. It is the same
 * engine without windows, whose toolbars nobody sees, so that a page costs half; it has no back/forward cache.
 */
export function findHeadlessShell() {
  const whole = findChromium()
  return (onPath('chromium') === whole && onPath(HEADLESS_SHELL)) || whole
}
