import { readdir, readFile } from 'node:fs/promises'

/**
 * What a process and all its threads have cost so far, microseconds: unlike a rate, it does not depend on what else the
 * machine does, but for its caches. Linux alone.
 *
 * @param {number} pid
 */
export async function readCpuTimeUs(pid) {
  const threads = await readdir(`/proc/${pid}/task`)
  const times = threads.map(async thread => {
    // Nanoseconds on a processor come first; a thread that has just ended has none.
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')
    return Number(text.split(' ')[0]) / 1_000
  })
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0)
}
