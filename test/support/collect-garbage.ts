import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')

/** What is garbage is not held, and how much of it lies about depends on when the engine last had time for it. */
export const collectGarbage = runInNewContext('gc') as () => void
