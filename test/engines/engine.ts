/** A page in a real browser that is not Chromium, driven by its own protocol. */
export interface EngineTab {
  /** Loads a URL; resolves at the page's `load`. */
  open(url: string): Promise<void>
  /** Goes one page back in the history. */
  back(): Promise<void>
  /** Runs the body of an async function in the page, and gives what it returns (JSON). */
  run<T>(body: string): Promise<T>
  /** Presses and releases the primary button at this place of the viewport, CSS pixels. */
  click(x: number, y: number): Promise<void>
  /** Types into what has the focus. */
  type(text: string): Promise<void>
  close(): Promise<void>
}

export interface Engine {
  name: string
  version: string
  /** A tab of the engine's one profile: all tabs share storage. */
  newTab(): Promise<EngineTab>
  close(): Promise<void>
}

/** Pointer and key actions as both protocols take them (https://www.w3.org/TR/webdriver2/#actions). */
export const clickActions = (x: number, y: number) => [
  {
    type: 'pointer',
    id: 'mouse',
    parameters: { pointerType: 'mouse' },
    actions: [
      { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0, origin: 'viewport' },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ],
  },
]

export const typeActions = (text: string) => [
  {
    type: 'key',
    id: 'keyboard',
    actions: [...text].flatMap(value => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]),
  },
]
