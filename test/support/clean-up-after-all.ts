import { afterAll } from 'vitest'
import type { CleanUp } from './start-api.js'

/** For what `beforeAll` makes. To be called beside it: while a hook runs, no other can be registered. */
export function cleanUpAfterAll(): CleanUp {
  const undos: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const undo of undos.reverse()) await undo()
  })
  return undo => void undos.push(undo)
}
