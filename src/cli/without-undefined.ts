/** The same options without those that were not given, where to be there and undefined would be something else. */
export const withoutUndefined = <T extends object>(
  options: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
