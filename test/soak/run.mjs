/** `npm run soak -- [--minutes M] [--seed N] …`: see `main.ts`, which plain Node can't run. */
import { join } from 'node:path'
import { importTypescript } from '../support/import-typescript.mjs'

const { main } = await importTypescript(join(import.meta.dirname, 'main.ts'))
process.exitCode = await main(process.argv.slice(2))
