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

/**
 * @param tag what the tag says
 * @param start gives the page's one widget with these settings, whether it is there already or not
 */
export function createNames(tag: Settings, start: (settings: Settings) => Widget): ObeyByName {
  let widget: Widget | undefined
  /** `wootricSettings` as they were at the latest call: whoever replaces the callbacks means the new ones. */
  let latest: Given = {}
  let waiting: ReturnType<typeof setTimeout> | undefined
  const told = new Set<string>()

  const tell = (name: string, what: string) => {
    if (!(latest.debug ?? tag.debug) || told.has(name)) return
    told.add(name)
    console.info(`zeroten: ${name} ${what}.`)
  }

  const readSettings = (): Settings => ({
    ...DEFAULTS,
    ...tag,
    ...toSettings(latest, window as unknown as GivenGlobals, tell),
  })

  const begin = (settings: Settings): Widget => {
    clearTimeout(waiting)
    const begun = start(settings)
    const callBack = <K extends keyof WidgetEvents>(
      event: K,
      name: string,
      argumentsOf: (detail: WidgetEvents[K]) => unknown[] = () => [],
    ) =>
      begun.on(event, detail => {
        const callback = (latest.callbacks as Given | undefined)?.[name]
        if (typeof callback === 'function') callback(...argumentsOf(detail))
      })
    begun.on('verdict', ({ level }) => {
      if (level === 'anonymous' && readSettings().email)
        tell('email', 'is not believed: the proxy wants an identity token, or --allow-unverified')
    })
    callBack('verdict', 'after_eligible', ({ survey }) => [survey])
    callBack('show', 'after_show')
    callBack('response', 'after_response', ({ score, text = '' }) => [score, text])
    callBack('decline', 'after_decline')
    widget = begun
    return begun
  }

  const calls: Readonly<Record<string, () => void>> = {
    run: () => {
      const settings = readSettings()
      if (!widget) {
        const begun = begin(settings)
        // Else it asks by itself, with the page view and in the same request.
        if (settings.eventName || settings.autoSurvey === false) begun.survey()
        return
      }
      // An event's name is of this call alone, and consent was asked for once.
      widget.configure({ ...settings, consent: null as never, eventName: settings.eventName as string })
      widget.identify(identityOf(settings))
      widget.survey()
    },
    page: () => {
      const record = () => {
        const { url } = (latest.page_info ?? {}) as { url?: string }
        // Otherwise it has been recorded, or will be, by itself.
        if (readSettings().autoPageViews === false) widget?.page(url)
      }
      if (widget) record()
      else
        waiting ??= setTimeout(() => {
          begin(readSettings())
          record()
        }, RUN_MS)
    },
    group: () => {
      if (widget) widget.identify(identityOf(readSettings()))
    },
    stop: () => {
      clearTimeout(waiting)
      widget?.stop()
      widget = undefined
    },
  }

  return waiting => {
    for (const [name, given] of waiting.splice(0)) {
      latest = plainCopy(given) as Given
      try {
        const call = calls[name]
        if (call) call()
        else tell(`wootric('${String(name)}')`, 'is not known')
      } catch (error) {
        // Whatever the page put into its settings, it has no harm of it.
        tell(`wootric('${String(name)}')`, `failed: ${error instanceof Error ? error.message : ''}`)
      }
    }
  }
}
