/**
 * Lets units that have arrived join a transaction: waits for a turn of the event loop, and for another while each brings one.
 *
 * @param count how many are waiting now
 */
export async function gatherUnits(count: () => number, maxUnits: number): Promise<void> {
  for (let size = 0; count() > size && size < maxUnits; ) {
    size = count()
    await new Promise(resolve => setImmediate(resolve))
  }
}
