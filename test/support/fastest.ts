/** The least of five runs, milliseconds: what the code takes, whatever else the machine does. */
export function fastest(work: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const startMs = performance.now()
    work()
    return performance.now() - startMs
  })
  return Math.min(...runs)
}
