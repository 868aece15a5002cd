import { chromium, type LaunchOptions } from 'playwright'
import { CHROMIUM_FLAGS } from './chromium-flags.mjs'
import { findChromium, findHeadlessShell } from './find-chromium.mjs'

/** @param more whether signals are its affair */
export const launchBrowser = (more: Pick<LaunchOptions, 'handleSIGINT' | 'handleSIGTERM'> = {}) =>
  chromium.launch({ executablePath: findHeadlessShell(), args: CHROMIUM_FLAGS, ...more })

/** With a back/forward cache. */
export const launchCachingBrowser = () =>
  chromium.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_FLAGS, '--enable-features=BackForwardCache'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
