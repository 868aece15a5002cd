/** Parts of a Markdown file that are generated stand between `<!-- name -->` and `<!-- /name -->`. */

const find = (markdown, name) => {
  const [open, close] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`]
  const start = markdown.indexOf(open)
  const end = markdown.indexOf(close)
  if (start < 0 || end < 0) throw new Error(`there is no block <!-- ${name} -->`)
  return { start: start + open.length, end }
}

/** What stands in a block now. */
export function readBlock(markdown, name) {
  const { start, end } = find(markdown, name)
  return markdown.slice(start, end).trim()
}

/** The same Markdown with the block's content replaced. */
export function replaceBlock(markdown, name, content) {
  const { start, end } = find(markdown, name)
  return `${markdown.slice(0, start)}\n${content}\n${markdown.slice(end)}`
}
