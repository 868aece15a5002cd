/**
 * What the tag's file does: starts the widget from `data-*` settings and gives the page one function,
 * `zeroten('command', …)`.
 */
import { KINDS } from '../settings/kinds.js'
import { parseSettings } from '../settings/parse-settings.js'
import { fieldsOf } from '../settings/parse-value.js'
import { DEFAULT_BASE, type Settings } from '../settings/settings.js'
import { findOwnTag, type OwnTag } from '../settings/tag-settings.js'
import type { CallByName, ObeyByName } from '../wootric/compat.js'
import type { Given } from '../wootric/to-settings.js'
import type { Load } from './chunks.js'
import { createOne } from './create-one.js'
import { pageSlot } from './page-slot.js'
import { pageOrigin } from './platform.js'
import type { Widget } from './widget-api.js'

/** The hash in the chunks' file names, and the package's version; put in by the build. */
declare const __BUILD__: string
declare const __VERSION__: string

/** After so long, where it could not be had, the chunk is asked for again that understands Wootric's names; and a page that
 * has not called them is told so, where it wants to be told. */
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

/** An element whose id is this name is no variable of the page's. */
const given = (): Given | undefined =>
  Object.hasOwn(page, 'wootricSettings') ? page.wootricSettings : undefined

const nothing = () => undefined

/** What a command from before the start says of the settings. */
const settingsIn = ([name, value]: unknown[]): Settings =>
  name === 'configure'
    ? parseSettings(value)
    : name === 'consent'
      ? { consent: value ? 'granted' : 'refused' }
      : {}

/**
 * Chunks lie beside our own file. One of the last build may be gone; its unhashed alias answers then. And a URL that has
 * failed once, say for want of a network, fails for the page's life in browsers that keep failures
 * (https://github.com/whatwg/html/issues/6768), so each attempt has one of its own.
 */
function createLoad(folder: () => string): Load {
  let loads = 0
  return name => {
    const url = `${folder()}/${name}`
    return import(`${url}-${__BUILD__}.js`).catch(() => import(`${url}.js?${loads++}`))
  }
}

/** Wootric's calls, which wait for the chunk that understands them. */
interface NamedCalls {
  isCalled(): unknown
  /** Defines Wootric's names, where the page has none under them. */
  define(): void
}

function createNamedCalls(load: Load, parsed: Settings, start: (settings: Settings) => Widget): NamedCalls {
  let obeyByName: ObeyByName | undefined
  /** In their order, each with the settings of its moment. */
  const calls: CallByName[] = []
  /** Without a name: asks for the chunk once more. */
  const call = (name?: string, settings: unknown = given()) => {
    if (name) calls.push([name, Object.fromEntries(fieldsOf(settings))])
    load('compat').then(
      ({ createNames }) => {
        obeyByName ??= createNames(parsed, start)
        obeyByName(calls)
      },
      () => setTimeout(call, AGAIN_MS),
    )
  }
  return {
    isCalled: () => obeyByName || calls[0],
    define: () => {
      page.wootric ??= call
      page.WootricSurvey ??= {
        run: settings => call('run', settings),
        stop: () => call('stop'),
        version: () => __VERSION__,
      }
    },
  }
}

/** The page's function, and what was said to it before the start: that counts from the start on, consent, base, who is here. */
interface Commands {
  run: Zeroten
  /** What the tag says, and what was said before the start. */
  settings(): Settings
  base(): string
  isWaiting(): boolean
  start(settings: Settings): Widget
}

function createCommands(own: OwnTag | undefined, parsed: Settings, load: Load): Commands {
  const stub = page.zeroten
  /** Commands from before the start. */
  let early: unknown[][] | undefined = Array.isArray(stub?.q)
    ? stub.q.map(command => Array.from(command ?? []))
    : []
  /** A widget under another base hears what is said, too, and where there is an answer it is the first one's. */
  const other = typeof stub === 'function' && stub.q === null ? stub : undefined

  const settings = (): Settings => Object.assign({}, parsed, ...(early ?? []).map(settingsIn))
  const baseNow = () => settings().base ?? own?.path ?? DEFAULT_BASE
  let base = baseNow()

  const obey = (...command: Command): unknown => {
    const [name, ...args] = command
    // The stub's queue may hold anything, and not everything can be a name.
    const member: unknown = typeof name === 'string' ? pageSlot(base).widget?.[name] : undefined
    if (!member && early) {
      early.push(command)
      // Whatever a tag that we can't find asks for, the page has spoken.
      if (!own && Object.keys(settingsIn(command))[0]) start({})
    }
    return typeof member === 'function' ? member(...args) : member
  }
  const start = (more: Settings): Widget => {
    const commands = early ?? []
    base = baseNow()
    const widget = createOne({ ...own?.settings, ...settings(), ...more, base }, load)
    early = undefined
    for (const command of commands) obey(...(command as Command))
    return widget
  }
  const run: Zeroten = (...command) => {
    const answer = other?.(...command)
    const mine = obey(...command)
    return answer ?? mine
  }
  run.q = null
  return { run, settings, base: () => base, isWaiting: () => !!early, start }
}

/** @param isNamed whether the page is known to call us by Wootric's names: then nothing happens before it does */
export function startTag(isNamed: boolean): void {
  const own = findOwnTag()
  const parsed = parseSettings(own?.settings)
  const load = createLoad(() => own?.folder ?? pageOrigin() + base())
  const { run, settings, base, isWaiting, start } = createCommands(own, parsed, load)
  const slot = pageSlot(base())
  if (slot.isTagged) {
    slot.widget?.configure({ ...own?.settings, consent: null as never })
    return
  }
  slot.isTagged = true
  page.zeroten = run
  const named = createNamedCalls(load, parsed, start)
  // Attributes of others, and of ours with others' values, say nothing.
  const isBare = !Object.keys(parsed).some(name => KINDS[name])
  // Who may be about to call them: a page that has the settings, a tag that says nothing, one that the parser waits for.
  if (isNamed || given() || isBare || own?.isBlocking) named.define()
  const startUnlessNamed = () => named.isCalled() || given() || start({})
  setTimeout(
    () =>
      isWaiting() &&
      (parsed.debug || given()?.debug) &&
      load('notes').then(({ tellNotRun }) => tellNotRun(), nothing),
    AGAIN_MS,
  )
  // With Wootric's names the page says when. Without a tag of ours, nobody knows what was asked for.
  if (isNamed || !(own || Object.keys(settings())[0])) return
  // A bare tag may stand before them, or have them in its `onload`.
  if (!isBare) startUnlessNamed()
  else if (document.readyState === 'loading')
    addEventListener('DOMContentLoaded', () => setTimeout(startUnlessNamed))
  else setTimeout(startUnlessNamed)
}
