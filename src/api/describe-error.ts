import { stackFrames } from '../runtime/stack-frames.js'

/** The fields of an error that are logged. Its message is not among them, since it may quote a visitor’s text. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? error.code : undefined
  return { error: error.name, code, stack: stackFrames(error)?.join('\n') }
}
