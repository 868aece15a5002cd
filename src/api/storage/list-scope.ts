/** One condition on a time, in whole seconds. */
export interface TimeCondition {
  operator: 'eq' | 'lt' | 'lte' | 'gt' | 'gte'
  seconds: number
}

/** Which part of a list, and in which order. */
export interface ListScope {
  /** From 1. */
  page: number
  per_page: number
  created?: readonly TimeCondition[] | undefined
  updated?: readonly TimeCondition[] | undefined
  /** @default the list's own */
  sort_order?: 'asc' | 'desc' | undefined
  /** @default the list's own */
  sort_key?: 'created_at' | 'updated_at' | 'email' | undefined
}
