import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Puts the widget's files in place of `src/proxy/node/packed-files.ts`, so that the proxy has them wherever a bundler or a
 * platform carries its code.
 *
 * @param {string} folder where they have been built
 */
export const packFiles = folder => ({
  name: 'packed-files',
  setup(build) {
    build.onLoad({ filter: /[/\\]proxy[/\\]node[/\\]packed-files\.ts$/ }, async () => {
      const { files } = JSON.parse(await readFile(join(folder, 'files.json'), 'utf8'))
      const packed = new Map()
      for (const { name, immutable, integrity } of files) {
        const names = [...(packed.get(integrity)?.names ?? []), { name, immutable }]
        const brotli = (await readFile(join(folder, `${name}.br`))).toString('base64')
        packed.set(integrity, { names, integrity, brotli })
      }
      const contents = `export const packedFiles = ${JSON.stringify([...packed.values()])}
        export const builtFolder = undefined`
      return { contents, loader: 'js' }
    })
  },
})
