/**
 * The secrets of an option or a variable: a list, or a text with commas between them. The first seals, signs or is sent;
 * the others, which it is replacing, only open and check.
 */
export const parseSecrets = (given: string | readonly string[] | undefined): readonly string[] =>
  (typeof given === 'string' ? given.split(',').map(secret => secret.trim()) : (given ?? [])).filter(
    secret => secret !== '',
  )
