import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const root = join(import.meta.dirname, '../..')

/** Imports one of the tests' TypeScript files into plain Node, which can't run it: for commands that are no tests. */
export function importTypescript(path) {
  const outfile = join(
    root,
    'node_modules/.cache/zeroten',
    relative(root, path).replace(/\W/g, '-').concat('.mjs'),
  )
  buildSync({
    entryPoints: [path],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // What lies beside the harness is found from where the harness lies.
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    logLevel: 'error',
  })
  return import(pathToFileURL(outfile).href)
}
