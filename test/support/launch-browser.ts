import { chromium, type LaunchOptions } from 'playwright'
import { findChromium } from './find-chromium.mjs'

/** Chromium as the tests run it: no sandbox (they may run as root), and no call to anywhere but the page's. */
export const LAUNCH = {
  executablePath: findChromium(),
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
} satisfies LaunchOptions

/** @param more arguments beside ours, defaults of Playwright's to leave out, and whether signals are its affair */
export const launchBrowser = (
  more: Pick<LaunchOptions, 'args' | 'ignoreDefaultArgs' | 'handleSIGINT' | 'handleSIGTERM'> = {},
) => chromium.launch({ ...LAUNCH, ...more, args: [...LAUNCH.args, ...(more.args ?? [])] })
