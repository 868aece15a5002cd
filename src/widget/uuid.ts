/** A random UUID (version 4). `crypto.randomUUID` is missing on http: origins, where nothing is a secret. */
export const uuid = (): string =>
  crypto.randomUUID?.() ??
  '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, digit =>
    (+digit ^ ((Math.random() * 16) >> (+digit / 4))).toString(16),
  )
