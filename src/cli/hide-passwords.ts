/** Of a URL: `//user:password@`, or `?password=`. Not by a parser: of several hosts with ports it makes nothing. */
const PASSWORD = /\/\/[^/?#\s]*:[^/?#\s]+@|[?&]password=/i

/** What was typed stands in the list of processes, with its passwords; a title takes its place. */
export function hidePasswords(argv: readonly string[]): void {
  if (argv.some(word => PASSWORD.test(word))) process.title = 'zeroten'
}
