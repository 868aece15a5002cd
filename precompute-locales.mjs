import { basename } from 'node:path'
import { build } from 'esbuild'

const NOT_LANGUAGES = ['messages', 'language', 'registry']

/** What a module exports, run here; of what it imports dynamically nothing is run. */
async function evaluate(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    charset: 'utf8',
    plugins: [
      {
        name: 'leave-imports',
        setup: ({ onResolve }) =>
          onResolve({ filter: /./, namespace: 'file' }, ({ kind, path: file }) =>
            kind === 'dynamic-import' ? { path: file, external: true } : undefined,
          ),
      },
    ],
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
}

/**
 * Makes a language's file the array that travels, in place of the strings by name that are written there. For the tag,
 * which has languages by URL, the registry keeps codes, aliases and directions alone.
 *
 * @param {{ byUrl: boolean }} options
 * @returns {import('esbuild').Plugin}
 */
export const precomputeLocales = ({ byUrl }) => ({
  name: 'precompute-locales',
  setup({ onLoad }) {
    onLoad({ filter: /widget[\\/]locales[\\/][a-z-]+\.ts$/ }, async ({ path }) => {
      const name = basename(path, '.ts')
      if (name === 'registry' && byUrl) {
        const { languages } = await evaluate(path)
        const entries = Object.entries(languages).map(([code, { load, ...rest }]) => [code, rest])
        return { contents: `export const languages = ${JSON.stringify(Object.fromEntries(entries))}` }
      }
      if (NOT_LANGUAGES.includes(name)) return undefined
      const { words } = await evaluate(path)
      return { contents: `export const words = ${JSON.stringify(words)}` }
    })
  },
})
