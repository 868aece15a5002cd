/** Every language but English, for bundlers: one import() each, so that each becomes a chunk of the app's own. */
export const languages: Record<string, () => Promise<{ words: readonly string[] }>> = {}
