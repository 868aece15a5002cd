import { stackFrames } from '../runtime/stack-frames.js'

/** What is logged of an error: not its message, which may quote what somebody wrote. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? error.code : undefined
  return { error: error.name, code, stack: stackFrames(error)?.join('\n') }
}
