import { MAX_TEXT_LENGTH } from '../../domain/bounds.js'
/**
 * A visitor's text as every database takes it: a half of an emoji becomes U+FFFD (`toWellFormed()` is younger than the
 * browsers that we support), U+0000 goes, and what is too long is cut between code points.
 */
export const repairText = (text: string): string =>
  Array.from(text, letter => (/^[\ud800-\udfff]$/.test(letter) ? '\ufffd' : letter))
    .filter(letter => letter !== '\0')
    .slice(0, MAX_TEXT_LENGTH)
    .join('')
