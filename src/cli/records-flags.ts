import { parseCount, parseText } from './flag-values.js'

/** Which account of which database; of every command that works on records. */
export const recordsFlags = {
  db: {
    takes: 'DB',
    parse: parseText,
    initial: './zeroten.db',
    variable: 'ZEROTEN_DB',
    help: 'the database of zeroten api: a SQLite file, or postgres://…',
  },
  account: { takes: 'ID', parse: parseCount, help: 'which account, where there are several' },
} as const
