/** What a database's refusal means to whoever runs it, by the codes of the drivers and of the system. */
const FAULTS: readonly [code: RegExp, reason: string][] = [
  [/^(SQLITE_FULL|ENOSPC|53100)$/, 'the disk is full'],
  [/^SQLITE_READONLY|^EROFS$|^25006$/, 'the database can only be read'],
  [/^SQLITE_CANTOPEN|^ENOENT$|^ENOTDIR$/, 'the file can not be opened: is its folder there?'],
  [/^(EACCES|EPERM)$|^SQLITE_PERM$|^SQLITE_AUTH$/, 'this user may not use the file'],
  [/^EISDIR$/, 'it is a folder'],
  [/^SQLITE_NOTADB/, 'the file is no SQLite database'],
  [/^SQLITE_CORRUPT/, 'the file is damaged'],
  [/^SQLITE_IOERR/, 'the disk can not be read or written'],
  [/^SQLITE_(BUSY|LOCKED)/, 'another process holds the database'],
  [/^ECONNREFUSED$/, 'the connection was refused: does PostgreSQL run there?'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'there is no host of that name'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/, 'the host does not answer'],
  [/^(ECONNRESET|EPIPE|57P0[0-9]|08...)$/, 'the connection broke'],
  [/^(28P01|28000)$/, 'the user or the password is wrong'],
  [/^3D000$/, 'there is no database of that name'],
  [/^53[0-9A-Z]{3}$/, 'PostgreSQL is out of connections, memory or space'],
  [/^42501$/, 'the user may not do that'],
  [/^57014$|^QUERY_TIMEOUT$/, 'a query took too long'],
]

/** The codes of an error and of those that caused it. */
const codesOf = (error: unknown): string[] => {
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf)
  if (!(error instanceof Error)) return []
  const code = 'code' in error ? [String(error.code)] : []
  // libsql tells the code of some errors in their text alone.
  const told = [
    [/database or disk is full/i, 'SQLITE_FULL'],
    [/readonly database/i, 'SQLITE_READONLY'],
    [/unable to open database/i, 'SQLITE_CANTOPEN'],
    [/not a database/i, 'SQLITE_NOTADB'],
    [/malformed/i, 'SQLITE_CORRUPT'],
    [/disk I\/O error/i, 'SQLITE_IOERR'],
    [/timeout exceeded when trying to connect/i, 'ETIMEDOUT'],
    [/connection (terminated|ended)|connection error|not queryable/i, 'ECONNRESET'],
  ] as const
  const found = told.filter(([pattern]) => pattern.test(error.message)).map(([, name]) => name)
  return [...code, ...found, ...codesOf(error.cause)]
}

/**
 * One line on what is wrong with the database, in words of ours: a driver's may hold a password or what somebody wrote.
 *
 * @returns undefined where the error is not about the database's health
 */
export function storageFault(error: unknown): string | undefined {
  const codes = codesOf(error)
  return FAULTS.find(([pattern]) => codes.some(code => pattern.test(code)))?.[1]
}

/** The server ended the connection, it never came about, or it leads to a server that takes no writes (any more). */
const CONNECTION_LOST =
  /^(08...|57P0[123]|25006|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** Whether another connection, or the same server a little later, may do what this one could not. */
export const isConnectionLost = (error: unknown): boolean =>
  codesOf(error).some(code => CONNECTION_LOST.test(code))
