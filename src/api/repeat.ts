/** Runs `task` now, and again `everyMs` after it has ended. It must not reject. Keeps no process alive. */
export function repeat(everyMs: number, task: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let running = run()

  async function run(): Promise<void> {
    await task()
    if (stopped) return
    timer = setTimeout(() => {
      running = run()
    }, everyMs).unref()
  }

  return {
    /** Resolves when a run that has begun is over. */
    async stop(): Promise<void> {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
