/**
 * The tag's file: starts the widget from `data-*` settings and gives the page one function, `zeroten('command', …)`.
 */
import { createOne } from './place.js'
import { DEFAULT_BASE } from './settings.js'
import { parseTagSettings } from './tag-settings.js'
import type { Widget } from './widget.js'

/** The hash in the chunks' file names; put in by the build. */
declare const __BUILD__: string

type Command = [name: keyof Widget, ...args: never[]]

interface Zeroten {
  (...command: Command): unknown
  /** Commands from before the load. */
  q?: ArrayLike<unknown>[]
}

const page = window as typeof window & { zeroten?: Zeroten }

const script = document.currentScript as HTMLScriptElement | null
const settings = parseTagSettings(script?.dataset ?? {})
const ownBase = script?.src ? new URL('.', script.src).pathname.slice(0, -1) : DEFAULT_BASE
const { base = ownBase } = settings

/** A chunk of the last build may be gone; its unhashed alias answers then. */
const load = <T>(name: string): Promise<T> =>
  import(`${base}/${name}-${__BUILD__}.js`).catch(() => import(`${base}/${name}.js`))

const widget = createOne(
  { ...settings, base },
  {
    panel: () => load('panel'),
    tools: () => load('tools'),
    more: () => load('more'),
    words: code => load(`words-${code}`),
  },
)
const early = page.zeroten?.q ?? []
page.zeroten = (name, ...args) => (widget[name] as ((...args: never[]) => unknown) | undefined)?.(...args)
for (const command of early) page.zeroten(...(Array.from(command) as Command))
