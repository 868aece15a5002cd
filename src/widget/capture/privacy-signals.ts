import type { Settings } from '../settings/settings.js'

/** Whether page views may be recorded on this page at all: not where the browser says that its user does not want it. */
export function mayRecord({ ignorePrivacySignals }: Settings): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean }
  return ignorePrivacySignals || !(globalPrivacyControl || doNotTrack === '1')
}
