/** Spelt as most are: nothing that normalizing would change. */
const PLAIN = /^[!-@[-~]*$/

/** By what the API tells end users apart and the proxy remembers them: one person is one, however their e-mail is spelt. */
export const emailKey = (email: string): string =>
  PLAIN.test(email) ? email : email.trim().normalize('NFC').toLowerCase()
