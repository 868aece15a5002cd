/** A response's text, code points. */
export const MAX_TEXT_LENGTH = 10_000
/** An e-mail, an identifier or a name of something, characters. */
export const MAX_LABEL_LENGTH = 255
/** The last second of the year 9999, unix seconds: what comes after it has no date of four digits. */
export const LAST_SECOND = 253_402_300_799
