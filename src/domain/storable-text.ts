/** Whether UTF-8 can say it: no half of a surrogate pair. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

/** Whether every database takes it: PostgreSQL has no U+0000. */
export const isStorable = (text: string): boolean => !text.includes('\0') && isWellFormed(text)

/** Whether it is one line, as a name or an identifier is: without control characters, U+0000 among them. */
export const isLine = (text: string): boolean => !/[\p{Cc}\p{Surrogate}]/u.test(text)
