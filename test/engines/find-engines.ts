import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from './engine.js'
import { startFirefox } from './firefox.js'
import { startWebKit } from './webkit.js'

const onPath = (name: string): string | undefined => {
  const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** WebKitGTK's small browser lies beside the library of its version: `/usr/lib/{machine}/webkit2gtk-{version}/MiniBrowser`. */
function findMiniBrowser(): string | undefined {
  const lib = '/usr/lib'
  return readdirSync(lib)
    .map(machine => join(lib, machine))
    .filter(folder => folder.endsWith('-linux-gnu'))
    .flatMap(folder => readdirSync(folder).map(name => join(folder, name, 'MiniBrowser')))
    .filter(path => /webkit/.test(path) && existsSync(path))
    .at(-1)
}

const orThrow = (path: string | undefined, what: string, packages: string): string => {
  if (path) return path
  throw new Error(`${what} is not installed: apt-get install ${packages}`)
}

/** The engines beside Chromium, each with how it is started. @throws Error with what to install, where one is missing */
export const ENGINES: { engine: string; start(): Promise<Engine> }[] = [
  {
    engine: 'Firefox',
    start: async () =>
      startFirefox(
        orThrow(
          process.env.FIREFOX_PATH ?? onPath('firefox-esr') ?? onPath('firefox'),
          'Firefox',
          'firefox-esr',
        ),
      ),
  },
  {
    engine: 'WebKitGTK',
    start: async () => {
      const packages = 'webkit2gtk-driver xvfb'
      orThrow(onPath('Xvfb'), 'Xvfb', packages)
      return startWebKit(
        orThrow(onPath('WebKitWebDriver'), 'WebKitWebDriver', packages),
        orThrow(findMiniBrowser(), 'MiniBrowser', packages),
      )
    },
  },
]
