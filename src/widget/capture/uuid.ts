/** A random UUID (version 4). `crypto.randomUUID` is missing on http: origins; there the browser names a blob by one. */
export const uuid = (): string => crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36)
