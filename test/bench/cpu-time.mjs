import { readFile } from 'node:fs/promises'

/** Of `sysconf(_SC_CLK_TCK)`, which is 100 wherever Linux runs today. */
const TICK_US = 10_000

/**
 * What a process has cost so far, microseconds of user and system time: unlike a rate, it does not depend on what else the
 * machine does. Linux alone.
 *
 * @param {number} pid
 */
export async function readCpuTimeUs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold spaces; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_US
}
