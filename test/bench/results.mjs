import { mkdir, writeFile } from 'node:fs/promises'

/** Writes what was measured to `test/bench/results/`, and shows it. */
export async function writeTable(name, table) {
  await mkdir(new URL('results/', import.meta.url), { recursive: true })
  await writeFile(new URL(`results/${name}`, import.meta.url), `${table}\n`)
  process.stdout.write(`${table}\n`)
}
