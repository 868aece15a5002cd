// @vitest-environment node
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../../src/widget/locales')
const notChunks = ['registry.ts', 'en.ts', 'language.ts', 'messages.ts']

test('a language is a chunk of at most 600 bytes', async () => {
  const { precomputeLocales } = await import(join(folder, '../../../precompute-locales.mjs'))
  const { outputFiles } = await build({
    entryPoints: readdirSync(folder)
      .filter(file => !notChunks.includes(file))
      .map(file => join(folder, file)),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2020',
    charset: 'utf8',
    minify: true,
    write: false,
    plugins: [precomputeLocales({ byUrl: true })],
  })
  const sizes = outputFiles.map(({ path, contents }) => [path, brotliCompressSync(contents).length] as const)
  expect(sizes).toHaveLength(39)
  expect(sizes.filter(([, bytes]) => bytes > 600)).toEqual([])
})
