/** FNV-1a, then murmur3's finish: near values of the input end far apart. */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}

/**
 * Where somebody stands between 0 and 100 in a period: the same on every device and every proxy, and somewhere else in
 * the next. Who stands below the percentage is asked.
 */
export const samplePosition = (subjectKey: string, period: number): number =>
  (hash(`${period} ${subjectKey}`) / 2 ** 32) * 100
