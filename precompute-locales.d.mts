/**
 * Makes a language's file the array that travels, in place of the strings by name that are written there. For the tag,
 * which has languages by URL, the registry keeps codes, aliases and directions alone.
 *
 * @param {{ byUrl: boolean }} options
 * @returns {import('esbuild').Plugin}
 */
export declare const precomputeLocales: ({ byUrl }: { byUrl: boolean }) => import('esbuild').Plugin
