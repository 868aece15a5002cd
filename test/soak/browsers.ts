import { choose, type Random } from './plan.js'

/** What a browser may lack; each of these runs in its pages. */

const withoutLocks = () => {
  Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })
}

/** As in a sandboxed frame. */
const withLocksThatThrow = () => {
  LockManager.prototype.request = () => {
    throw new DOMException('no locks here', 'SecurityError')
  }
}

const withDatabaseThatFailsOnce = () => {
  // Pages without a tag, in which we look at the database ourselves.
  if (location.pathname.endsWith('.js')) return
  const { open } = IDBFactory.prototype
  IDBFactory.prototype.open = () => {
    IDBFactory.prototype.open = open
    throw new DOMException('not now', 'UnknownError')
  }
}

const WEIGHTS = {
  'all that there is': 4,
  'no Web Locks': 2,
  'Web Locks that throw': 1,
  'an IndexedDB that fails at first': 2,
}

export type BrowserKind = keyof typeof WEIGHTS

export const drawBrowser = (random: Random): BrowserKind => choose(random, WEIGHTS)

/** What is done to every page of such a browser, before the tag. */
export const LACKS: Record<BrowserKind, (() => void) | undefined> = {
  'all that there is': undefined,
  'no Web Locks': withoutLocks,
  'Web Locks that throw': withLocksThatThrow,
  'an IndexedDB that fails at first': withDatabaseThatFailsOnce,
}
