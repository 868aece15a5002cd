/** What the user typed can't be done: one line on stderr, exit 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}
