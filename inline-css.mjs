import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'

/**
 * Lets esbuild read `import css from './x.css?inline'` as Vite does: the sheet's text, here minified.
 *
 * @type {import('esbuild').Plugin}
 */
export const inlineCss = {
  name: 'inline-css',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace('?inline', '')),
      namespace: 'inline-css',
    }))
    onLoad({ filter: /./, namespace: 'inline-css' }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true })
      return { contents: code.trim(), loader: 'text', watchFiles: [path] }
    })
  },
}
