/** Listens. @returns how to stop */
export const listen = (target: EventTarget, type: string, handler: (event: Event) => void): (() => void) => {
  target.addEventListener(type, handler)
  return () => target.removeEventListener(type, handler)
}
