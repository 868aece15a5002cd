export interface NewAccount {
  /** @default one that is made up */
  email?: string | undefined
  /** @default generated */
  password?: string | undefined
  /** @default generated */
  clientId?: string | undefined
  /** @default generated */
  clientSecret?: string | undefined
}

/** Everything that an account logs in with. Passwords and secrets can't be told again: only their hashes are kept. */
export interface AccountCredentials {
  id: number
  email: string
  password: string
  clientId: string
  clientSecret: string
  /** Which of them were not given, but made. */
  generated: readonly (keyof NewAccount)[]
}

/** An account without anything secret. */
export interface AccountSummary {
  id: number
  email: string
  clientId: string
  createdAt: Date
}

export interface Accounts {
  /** @throws ZerotenError `account_exists` where the e-mail or the client id is taken */
  add(account?: NewAccount): Promise<AccountCredentials>
  /** All of them, oldest first. */
  list(): Promise<AccountSummary[]>
  /**
   * Gives an account a new client secret. The old one and every token that came of it end: at once in this process,
   * within seconds in others.
   *
   * @throws ZerotenError `account_not_found`
   */
  rotateSecret(id: number): Promise<{ id: number; clientId: string; clientSecret: string }>
}
