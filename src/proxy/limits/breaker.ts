/** So many failures in a row, of at least so many end users: one visitor's poison is not an outage. */
const FAILURES = 5
const END_USERS = 2
const FIRST_OPEN_MS = 5_000
const LAST_OPEN_MS = 60_000
/** What upstream asked for is believed up to here. */
const MAX_PAUSE_MS = 600_000

/** One request's leave to go upstream. */
export interface Admission {
  /** To be called when the request is over, whatever became of it. */
  leave(): void
}

export interface Breaker {
  /** Leave to go upstream, or how long to wait, milliseconds. While it half-opens one request at a time is let in. */
  enter(): Admission | number
  succeed(): void
  /** @param endUser whom the call was about */
  fail(endUser: string): void
  /** Whether one more failure of this end user's would open it, or keep it open. */
  wouldOpen(endUser: string): boolean
  /** Upstream asked everyone to wait. */
  pause(ms: number): void
  /** As `enter` would answer, without entering: 0 where it would admit. */
  readonly waitMs: number
  /** Also while it half-opens. */
  readonly isOpen: boolean
}

/** @param monotonic milliseconds */
export function createBreaker(monotonic: () => number): Breaker {
  let failures = 0
  const endUsers = new Set<string>()
  let openings = 0
  let openUntilMs = 0
  let isProbing = false
  let pausedUntilMs = 0

  const isOpen = () => openings > 0
  const openMs = () => (isOpen() ? Math.max(openUntilMs - monotonic(), isProbing ? 1_000 : 0, 0) : 0)
  const waitMs = () => Math.max(pausedUntilMs - monotonic(), 0) || openMs()

  function endProbe(): void {
    isProbing = false
  }

  function open(): void {
    openings++
    openUntilMs = monotonic() + Math.min(LAST_OPEN_MS, FIRST_OPEN_MS * 2 ** (openings - 1))
  }

  return {
    enter() {
      const ms = waitMs()
      if (ms > 0) return ms
      if (!isOpen()) return { leave: () => undefined }
      isProbing = true
      return { leave: endProbe }
    },
    succeed() {
      failures = 0
      openings = 0
      endUsers.clear()
    },
    wouldOpen: endUser =>
      isOpen()
        ? isProbing && monotonic() >= openUntilMs
        : failures + 1 >= FAILURES && endUsers.size + (endUsers.has(endUser) ? 0 : 1) >= END_USERS,
    fail(endUser) {
      failures++
      if (endUsers.size < END_USERS) endUsers.add(endUser)
      if (isOpen()) {
        // What was under way when it opened says nothing new; a probe does.
        if (isProbing && monotonic() >= openUntilMs) open()
      } else if (failures >= FAILURES && endUsers.size >= END_USERS) open()
    },
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, monotonic() + Math.min(ms, MAX_PAUSE_MS))
    },
    get waitMs() {
      return waitMs()
    },
    get isOpen() {
      return isOpen()
    },
  }
}
