/** What the console lets one choose of the survey's look; kept for this tab. */
export interface Choices {
  form: string
  theme: string
  language: string
  direction: string
}

const DEFAULTS: Choices = { form: 'popover', theme: 'auto', language: 'auto', direction: 'ltr' }
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
export function applyChoices({ form, theme, language, direction }: Choices): void {
  const { documentElement } = document
  documentElement.dir = direction
  if (theme !== 'auto') documentElement.dataset.theme = theme
  const tag = document.querySelector<HTMLScriptElement>('script[src$="/widget.js"]')
  if (!tag) return
  Object.assign(tag.dataset, { form, theme, language })
  if (sessionStorage.getItem(ASK)) tag.dataset.surveyImmediately = ''
  sessionStorage.removeItem(ASK)
}
