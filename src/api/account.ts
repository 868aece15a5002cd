/** What an account may be given when it is made. */
export interface NewAccount {
  /** @default one that is made up */
  email?: string | undefined
  /** @default generated */
  password?: string | undefined
  /** @default generated */
  clientId?: string | undefined
  /** As proxies have it: of `new,old` the former is valid for a day. @default generated */
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

/** The accounts of an API: `zeroten api account …` from code. */
export interface Accounts {
  /** @throws ZerotenError `account_exists` where the e-mail or the client id is taken */
  add(account?: NewAccount): Promise<AccountCredentials>
  /** All of them, oldest first. */
  list(): Promise<AccountSummary[]>
  /**
   * Gives an account a new client secret. The one before it is valid for another while, so that nothing is refused until it is
   * replaced everywhere; the one before that ends. Every token of the account ends, by whatever grant it was obtained: at
   * once in this process, within seconds in others.
   *
   * @throws ZerotenError `account_not_found`
   */
  rotateSecret(id: number, options?: RotateOptions): Promise<RotatedSecret>
  /**
   * Ends the client secret before the present one, and every token of the account.
   *
   * @throws ZerotenError `account_not_found`
   */
  endFormerSecret(id: number): Promise<void>
  /**
   * Gives an account another password, generated unless it is given. Every token of the account ends.
   *
   * @throws ZerotenError `account_not_found`
   */
  rotatePassword(id: number, password?: string): Promise<{ id: number; password: string }>
}

/** How a client secret is replaced. */
export interface RotateOptions {
  /** For how many seconds the former secret stays valid; 0 ends it at once. @default 86_400 */
  keepFormerS?: number
}

/** An account with its new client secret, which is shown this once. */
export interface RotatedSecret {
  id: number
  clientId: string
  clientSecret: string
  /** Until when the former secret is valid. */
  formerUntil: Date
}
