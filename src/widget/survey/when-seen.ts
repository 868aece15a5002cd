/** So much of it must be in sight, and for so long. */
const SHARE = 0.5
const SEEN_MS = 1_000

/** Calls back once half of an element has been in sight for a second, on a page that was visible all the while. */
export function whenSeen(element: Element, signal: AbortSignal, seen: () => void): void {
  let isInSight = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const ending = new AbortController()
  const end = () => {
    clearTimeout(timer)
    observer.disconnect()
    ending.abort()
  }
  const look = () => {
    clearTimeout(timer)
    if (!isInSight || document.hidden) return
    timer = setTimeout(() => {
      end()
      seen()
    }, SEEN_MS)
  }
  const observer = new IntersectionObserver(
    entries => {
      isInSight = (entries.at(-1)?.intersectionRatio ?? 0) >= SHARE
      look()
    },
    { threshold: SHARE },
  )
  observer.observe(element)
  // It is the document's, and comes by on its way to it.
  addEventListener('visibilitychange', look, { capture: true, signal: ending.signal })
  signal.addEventListener('abort', end)
}
