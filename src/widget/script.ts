/**
 * The tag's file: starts the widget from `data-*` settings and gives the page one function, `zeroten('command', …)`.
 */
import type { Load } from './boot/chunks.js'
import { createOne, placeOf } from './boot/page-slot.js'
import type { Widget } from './boot/widget-api.js'
import { DEFAULT_BASE, type Settings } from './settings/settings.js'
import { parseTagSettings } from './settings/tag-settings.js'
import type { CallByName, ObeyByName } from './wootric/compat.js'
import type { Given } from './wootric/to-settings.js'

/** The hash in the chunks' file names, and the package's version; put in by the build. */
declare const __BUILD__: string
declare const __VERSION__: string

/** After so long the chunk is asked for again that understands Wootric's names, where it could not be had. */
const AGAIN_MS = 20_000

type Command = [name: keyof Widget, ...args: never[]]

interface Zeroten {
  (...command: Command): unknown
  /** Commands from before the load; null where a widget obeys them already. */
  q?: Iterable<unknown>[] | null
}

interface Page {
  zeroten?: Zeroten
  wootricSettings?: Given
  wootric?: (name: string) => void
  WootricSurvey?: { run(settings?: Given): void; stop(): void; version(): string }
}

const page = window as unknown as Page

/** Modules have no `currentScript`. */
const script = (document.currentScript ??
  document.querySelector('[type=module][src*="/widget"]')) as HTMLScriptElement | null
const tag = parseTagSettings(script?.dataset ?? {})
const base = tag.base ?? (script?.src ? new URL('.', script.src).pathname.slice(0, -1) : DEFAULT_BASE)
const place = placeOf(base)

let loads = 0

/**
 * A chunk of the last build may be gone; its unhashed alias answers then. And a URL that has failed once, say for want of a
 * network, fails for the page's life in browsers that keep failures (https://github.com/whatwg/html/issues/6768), so each
 * attempt has one of its own.
 */
const load: Load = name =>
  import(`${base}/${name}-${__BUILD__}.js`).catch(() => import(`${base}/${name}.js?${loads++}`))

/** Commands from before the start. */
let early: Iterable<unknown>[] | undefined = [...(page.zeroten?.q ?? [])]

/** A widget under another base hears what is said, too, and where there is an answer it is the first one's. */
const other = page.zeroten?.q === null ? page.zeroten : undefined

const run: Zeroten = (...command) => {
  const answer = other?.(...command)
  const mine = obey(...command)
  return answer ?? mine
}
run.q = null

const obey = (...command: Command): unknown => {
  const [name, ...args] = command
  const member = place.widget?.[name] as unknown
  if (!place.widget) early?.push(command)
  return typeof member === 'function' ? member(...args) : member
}

const start = (settings: Settings): Widget => {
  const widget = createOne({ ...tag, ...settings, base }, load)
  const commands = early ?? []
  early = undefined
  for (const command of commands) obey(...(command as Command))
  return widget
}

let obeyByName: ObeyByName | undefined
/** In their order, each with the settings of its moment. */
const callsByName: CallByName[] = []

/** Wootric's calls wait for the chunk that understands them. Without a name: asks for it once more. */
const callByName = (name?: string, given = page.wootricSettings) => {
  if (name) callsByName.push([name, { ...given }])
  load('names').then(
    ({ createNames }) => {
      obeyByName ??= createNames(tag, start)
      obeyByName(callsByName)
    },
    () => setTimeout(callByName, AGAIN_MS),
  )
}

if (place.isTagged) place.widget?.configure(tag)
else {
  place.isTagged = true
  page.zeroten = run
  const isBare = !Object.keys(tag).length
  // Who may be about to call them: a page that has the settings, a tag that says nothing, one that the parser waits for.
  if (page.wootricSettings || isBare || !(script?.async || script?.defer)) {
    page.wootric ??= callByName
    page.WootricSurvey ??= {
      run: given => callByName('run', given),
      stop: () => callByName('stop'),
      version: () => __VERSION__,
    }
  }
  const startUnlessNamed = () => obeyByName || callsByName[0] || page.wootricSettings || start({})
  // With Wootric's names the page says when; and a bare tag may stand before them.
  if (isBare && document.readyState === 'loading')
    document.addEventListener('DOMContentLoaded', () => setTimeout(startUnlessNamed))
  else startUnlessNamed()
}
