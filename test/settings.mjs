/** `npm run settings`: writes the README's tables of settings from `src/widget/settings/settings-table.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { replaceBlock } from './support/readme-block.mjs'

const { outputFiles } = await build({
  entryPoints: ['test/support/settings-readme.ts'],
  bundle: true,
  format: 'esm',
  write: false,
})
const { settingsTable } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
const readme = new URL('../README.md', import.meta.url)
writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), 'settings', settingsTable()))
