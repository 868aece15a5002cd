/** What was used lately, by key. */
export interface BoundedCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
}

/**
 * Holds at most `max` values, and at least the half of them that was used last. Two generations in place of an exact
 * order: a use costs one look into a Map, and forgetting costs nothing, where a request uses some twenty of these.
 */
export function createBoundedCache<Value>(max: number): BoundedCache<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()

  function set(key: string, value: Value): void {
    young.set(key, value)
    if (young.size < max / 2) return
    old = young
    young = new Map()
  }

  return {
    get(key) {
      const recent = young.get(key)
      if (recent !== undefined) return recent
      const value = old.get(key)
      if (value !== undefined) set(key, value)
      return value
    },
    set,
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
  }
}
