import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type BrowserContext, chromium } from 'playwright'
import { CHROMIUM_FLAGS } from './chromium-flags.mjs'
import { findChromium } from './find-chromium.mjs'
import type { CleanUp } from './start-api.js'

/** A browser with a profile on disk, which another one may take over when it is gone. */
export interface Profile {
  context: BrowserContext
  /** SIGKILL for all of its processes at once, as when the power fails. Resolves when it is gone. */
  kill(): Promise<void>
}

export async function launchProfile(cleanUp: CleanUp, folder: string): Promise<Profile> {
  const args = ['--headless=new', `--user-data-dir=${folder}`, '--remote-debugging-port=0', ...CHROMIUM_FLAGS]
  // Ours rather than Playwright's, which lets nobody kill a browser; with a process group of its own.
  const child = spawn(findChromium(), [...args, 'about:blank'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = once(child, 'exit')
  const kill = async () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
    await gone
  }
  cleanUp(kill)
  const url = await new Promise<string>((resolve, reject) => {
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
      const found = /^DevTools listening on (ws:\S+)$/m.exec(errors)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', () => reject(new Error(`the browser ended before it listened: ${errors}`)))
  })
  const [context] = (await chromium.connectOverCDP(url)).contexts()
  if (!context) throw new Error('the browser has no profile')
  return { context, kill }
}
