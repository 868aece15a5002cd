import { once } from 'node:events'
import { ZerotenError } from '../http/zeroten-error.js'
import { withTimeout } from '../runtime/with-timeout.js'
import type { CommandContext } from './command.js'

/** What was opened on the way to a running service; it is closed in the opposite order. */
export interface Closing {
  add(close: () => Promise<void>): void
}

/** An orchestrator kills after 10 s; by then we have said what did not end. */
const DRAIN_MS = 9_000

function createClosing(): Closing & { close(): Promise<void> } {
  const steps: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    const step = steps.pop()
    if (!step) return
    try {
      await step()
    } finally {
      await close()
    }
  }
  return { add: step => steps.push(step), close }
}

/** How often it is looked whether npx is still there. */
const PARENT_MS = 500

/**
 * npx ends at SIGTERM without passing it on, and leaves what it started running, with a shell between
 * (https://github.com/npm/cli/issues/6547): where our parent goes, that was the signal.
 */
function watchNpx(env: CommandContext['env'], onGone: () => void): () => void {
  if (env.npm_command !== 'exec') return () => undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) onGone()
  }, PARENT_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** From the first signal on, a second one ends the process at once, as signals do by default. */
function listenForSignal(env: CommandContext['env']): { signalled: Promise<void>; forget(): void } {
  const controller = new AbortController()
  const settle = () => controller.abort()
  const stopWatching = watchNpx(env, settle)
  const forget = () => {
    stopWatching()
    process.off('SIGTERM', settle).off('SIGINT', settle)
  }
  process.once('SIGTERM', settle).once('SIGINT', settle)
  return { signalled: once(controller.signal, 'abort').then(forget), forget }
}

const notDrained = () =>
  new ZerotenError('not_drained', `not everything had ended after ${DRAIN_MS / 1_000} s`)

/**
 * Starts a service, says where it listens, keeps it until SIGTERM or SIGINT, and then drains it: what it accepts no
 * more, what is being answered, what was opened.
 *
 * @param start resolves with the URL that the service listens on; what it opens goes into `closing`
 * @throws ZerotenError `not_drained` after nine seconds; and what `start` throws, when all that it opened is closed
 */
export async function serveUntilSignal(
  start: (closing: Closing) => Promise<string>,
  { print, env }: CommandContext,
): Promise<void> {
  // Registered first: a signal that comes while it starts must drain it too.
  const { signalled, forget } = listenForSignal(env)
  const closing = createClosing()
  try {
    print(`listening on ${await start(closing)}`)
    await signalled
  } finally {
    forget()
    await withTimeout(closing.close(), DRAIN_MS, notDrained)
  }
}
