import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, vi } from 'vitest'
import { fakeTime } from './virtual-time.js'

/** Gives each test of a file an IndexedDB of its own, and time that passes by hand. Call it once, at the top. */
export function useFreshDevice(): void {
  beforeEach(() => {
    fakeTime()
    vi.stubGlobal('indexedDB', new IDBFactory())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
}
