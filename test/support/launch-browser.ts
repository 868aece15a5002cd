import { chromium, type LaunchOptions } from 'playwright'
import { CHROMIUM_FLAGS } from './chromium-flags.mjs'
import { findChromium } from './find-chromium.mjs'

export const LAUNCH = { executablePath: findChromium(), args: CHROMIUM_FLAGS } satisfies LaunchOptions

/** @param more arguments beside ours, defaults of Playwright's to leave out, and whether signals are its affair */
export const launchBrowser = (
  more: Pick<LaunchOptions, 'args' | 'ignoreDefaultArgs' | 'handleSIGINT' | 'handleSIGTERM'> = {},
) => chromium.launch({ ...LAUNCH, ...more, args: [...LAUNCH.args, ...(more.args ?? [])] })
