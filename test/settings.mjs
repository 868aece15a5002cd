/**
 * `npm run settings`: writes what is made of `src/widget/settings/settings-table.ts`: the README's tables, the kinds that the
 * page's parser goes by, and the names that are told in debug.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { replaceBlock } from './support/readme-block.mjs'

const { outputFiles } = await build({
  stdin: {
    contents: "export * from './settings-readme.js'; export * from './settings-kinds.js'",
    resolveDir: 'test/support',
  },
  bundle: true,
  format: 'esm',
  write: false,
})
const { settingsTable, settingsKinds, settingNames } = await import(
  `data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`
)
const fileOf = path => new URL(`../${path}`, import.meta.url)
const readme = fileOf('README.md')
writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), 'settings', settingsTable()))
writeFileSync(fileOf('src/widget/settings/kinds.ts'), settingsKinds())
writeFileSync(fileOf('src/widget/diagnostics/setting-names.ts'), settingNames())
