/** What the console lets one choose of the tag's settings; kept for this tab. */
export interface Choices {
  form: string
  theme: string
  language: string
  direction: string
  scaleColor: string
  /** When to ask: at once, or at an event of the page. */
  moment: string
  consent: string
  /** Whether "Don’t ask me again" is offered. */
  optOut: string
}

/** The event that the console's button fires, where the choice is to wait for it. */
export const EVENT = 'repair_booked'

const DEFAULTS: Choices = {
  form: 'popover',
  theme: 'auto',
  language: 'auto',
  direction: 'ltr',
  scaleColor: 'one',
  moment: 'at once',
  consent: 'granted',
  optOut: 'no',
}
const KEY = 'console'
const ASK = 'console-ask'

export function readChoices(): Choices {
  return { ...DEFAULTS, ...JSON.parse(sessionStorage.getItem(KEY) ?? '{}') }
}

/** Takes effect on the next load, as when a site owner edits the tag. */
export function writeChoices(choices: Choices): void {
  sessionStorage.setItem(KEY, JSON.stringify(choices))
}

/** The next load asks whatever the gates say; the demo's proxy allows that. */
export function askOnNextLoad(): void {
  sessionStorage.setItem(ASK, '1')
}

/** Both scripts are deferred and this one stands first, so the tag is complete before the widget reads it. */
export function applyChoices(choices: Choices): void {
  const { form, theme, language, direction, scaleColor, moment, consent, optOut } = choices
  const { documentElement } = document
  documentElement.dir = direction
  if (theme !== 'auto') documentElement.dataset.theme = theme
  if (form === 'inline') document.querySelector('main')?.append(document.createElement('zero-ten'))
  const tag = document.querySelector<HTMLScriptElement>('script[src$="/widget.js"]')
  if (!tag) return
  // A demonstration is asked for: nobody waits here for half a minute.
  Object.assign(tag.dataset, { form, theme, language, scaleColor, consent, timeDelay: '0' })
  // A bar has no start or end.
  if (form === 'bar') delete tag.dataset.position
  if (optOut === 'yes') tag.dataset.showOptOut = ''
  if (moment === 'event') tag.dataset.eventName = EVENT
  if (sessionStorage.getItem(ASK)) tag.dataset.surveyImmediately = ''
  sessionStorage.removeItem(ASK)
}
