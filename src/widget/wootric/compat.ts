/**
 * Wootric's names, a chunk of its own: loaded where a page calls `wootric()` or `WootricSurvey`.
 *
 * @module
 */
import type { WidgetEvents } from '../boot/emitter.js'
import type { Widget } from '../boot/widget-api.js'
import type { Identity } from '../identity/identity.js'
import type { Settings } from '../settings/settings.js'
import { plainCopy } from './plain-copy.js'
import { type Given, type GivenGlobals, toSettings } from './to-settings.js'

/** `page` and `group` often come a moment before the `run` that says who is here; so long they wait for it. */
const RUN_MS = 2_000

/** As Wootric's are, where neither page nor tag says otherwise. */
const DEFAULTS: Settings = { theme: 'light', closePosition: 'start', timeDelay: 0 }

/** A call by Wootric's name, with `wootricSettings` as they were at that moment. */
export type CallByName = [name: string, given: Given]

/** Obeys calls in their order, and takes them out of the list. */
export type ObeyByName = (calls: CallByName[]) => void

const identityOf = ({ identityToken, email, createdAt, properties }: Settings): Identity =>
  Object.fromEntries(
    Object.entries({ identityToken, email, createdAt, properties }).filter(
      ([, value]) => value !== undefined,
    ),
  )

/** Tells of each thing once, where the page wants to hear of it. */
type Tell = (name: string, what: string) => void

/** What the calls share. */
interface Session {
  widget?: Widget | undefined
  /** `wootricSettings` as they were at the latest call: whoever replaces the callbacks means the new ones. */
  latest: Given
  /** A view that waits for the `run` that says who is here. */
  waiting?: ReturnType<typeof setTimeout>
  tell: Tell
  readSettings(): Settings
  start(settings: Settings): Widget
}

/** Calls back by Wootric's names. */
function callBack(widget: Widget, session: Session): void {
  const on = <K extends keyof WidgetEvents>(
    event: K,
    name: string,
    argumentsOf: (detail: WidgetEvents[K]) => unknown[] = () => [],
  ) =>
    widget.on(event, detail => {
      const callback = (session.latest.callbacks as Given | undefined)?.[name]
      if (typeof callback === 'function') callback(...argumentsOf(detail))
    })
  on('verdict', 'after_eligible', ({ survey }) => [survey])
  on('show', 'after_show')
  on('response', 'after_response', ({ score, text = '' }) => [score, text])
  on('decline', 'after_decline')
}

function begin(session: Session, settings: Settings): Widget {
  clearTimeout(session.waiting)
  const widget = session.start(settings)
  widget.on('verdict', ({ level }) => {
    if (level === 'anonymous' && session.readSettings().email)
      session.tell('email', 'is not believed: the proxy wants an identity token, or --allow-unverified')
  })
  callBack(widget, session)
  session.widget = widget
  return widget
}

function run(session: Session): void {
  const { widget } = session
  const settings = session.readSettings()
  if (!widget) {
    const begun = begin(session, settings)
    // Else it asks by itself, with the page view and in the same request.
    if (settings.eventName || settings.autoSurvey === false) begun.survey()
    return
  }
  // An event's name is of this call alone, and consent was asked for once.
  widget.configure({ ...settings, consent: null as never, eventName: settings.eventName as string })
  widget.identify(identityOf(settings))
  widget.survey()
}

function view(session: Session): void {
  const record = () => {
    const { url } = (session.latest.page_info ?? {}) as { url?: string }
    // Otherwise it has been recorded, or will be, by itself.
    if (session.readSettings().autoPageViews === false) session.widget?.page(url)
  }
  if (session.widget) record()
  else
    session.waiting ??= setTimeout(() => {
      begin(session, session.readSettings())
      record()
    }, RUN_MS)
}

/** What `wootric(name)` does. */
const CALLS: Readonly<Record<string, (session: Session) => void>> = {
  run,
  page: view,
  group: ({ widget, readSettings }) => widget?.identify(identityOf(readSettings())),
  stop: session => {
    clearTimeout(session.waiting)
    session.widget?.stop()
    session.widget = undefined
  },
}

/**
 * @param tag what the tag says
 * @param start gives the page's one widget with these settings, whether it is there already or not
 */
export function createNames(tag: Settings, start: (settings: Settings) => Widget): ObeyByName {
  const told = new Set<string>()
  const session: Session = {
    latest: {},
    tell: (name, what) => {
      if (!(session.latest.debug ?? tag.debug) || told.has(name)) return
      told.add(name)
      console.info(`zeroten: ${name} ${what}.`)
    },
    readSettings: () => ({
      ...DEFAULTS,
      ...tag,
      ...toSettings(session.latest, window as unknown as GivenGlobals, session.tell),
    }),
    start,
  }
  return calls => {
    for (const [name, given] of calls.splice(0)) {
      session.latest = plainCopy(given) as Given
      const tell = (what: string) => session.tell(`wootric('${String(name)}')`, what)
      try {
        const call = Object.hasOwn(CALLS, name) && CALLS[name]
        if (call) call(session)
        else tell('is not known')
      } catch (error) {
        // Whatever the page put into its settings, it has no harm of it.
        tell(`failed: ${error instanceof Error ? error.message : ''}`)
      }
    }
  }
}
