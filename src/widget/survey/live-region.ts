/** Screen readers miss what a live region says in the moment it appears, and what is overtaken at once. */
const SPEAK_AFTER_MS = 600

export interface LiveRegion {
  /** Says it in a moment, unless it is overtaken; speaks also where it is what was said last. */
  say(text: string): void
  stop(): void
}

/** @param region is there before its message, and empty between two */
export function createLiveRegion(region: HTMLElement): LiveRegion {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => clearTimeout(timer)
  return {
    stop,
    say(text) {
      stop()
      region.textContent = ''
      timer = setTimeout(() => {
        region.textContent = text
      }, SPEAK_AFTER_MS)
    },
  }
}
