import { readFileSync } from 'node:fs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The first example of the README in a language that has these words in it. */
export function readmeExample(language: string, words = ''): string {
  const examples = [...readme.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))]
  const found = examples.map(([, example = '']) => example).find(example => example.includes(words))
  if (found === undefined) throw new Error(`the README has no example in ${language} with ${words}`)
  return found
}

/** What the second cell of a table's row has between backticks, each by itself. */
export function readmeRow(firstCell: string): string[] {
  const row = readme.split('\n').find(line => line.startsWith(`| ${firstCell} |`))
  const [, cell = ''] = row?.split(' | ') ?? []
  const pieces = [...cell.matchAll(/`([^`]+)`/g)].map(([, piece = '']) => piece)
  if (pieces.length === 0) throw new Error(`the README has no row of ${firstCell}`)
  return pieces
}
