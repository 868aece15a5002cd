/**
 * `npm run size`: prints what a page loads, brotli, file by file, and fails where a budget is exceeded.
 * `node test/size.mjs --write` writes the figures into the README.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { replaceBlock } from './support/readme-block.mjs'
import { measureFiles, sizeTable } from './support/sizes.mjs'

const files = measureFiles()
const over = files.filter(({ brotliBytes, budget }) => brotliBytes > budget)
for (const { name, brotliBytes, gzipBytes, bytes, budget } of files) {
  const figures = [brotliBytes, budget, gzipBytes, bytes].map(figure => String(figure).padStart(7))
  const [brotli, limit, gzip, plain] = figures
  process.stdout.write(`${name.padEnd(24)} ${brotli} of ${limit} brotli ${gzip} gzip ${plain} plain\n`)
}
for (const { name, brotliBytes, budget } of over) {
  process.stderr.write(
    budget === 0
      ? `${name} has no budget in test/support/sizes.mjs\n`
      : `${name} is ${brotliBytes - budget} bytes over its budget\n`,
  )
}
if (over.length > 0) process.exitCode = 1

if (process.argv.includes('--write')) {
  const readme = new URL('../README.md', import.meta.url)
  writeFileSync(readme, replaceBlock(readFileSync(readme, 'utf8'), 'sizes', sizeTable()))
}
