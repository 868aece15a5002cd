import type { Language } from './fetch-parts.js'
import css from './panel.css?inline'
import type { PanelForm, PanelSettings } from './panel-types.js'

/** What every screen stands in: a host in the page, its shadow tree, the panel, and in that the body. */
export interface Frame {
  form: PanelForm
  host: HTMLElement
  shadow: ShadowRoot
  panel: HTMLElement
  body: HTMLElement
  /** Of what comes after the question. */
  rest: HTMLElement
  /** Says to screen readers what there is to say. */
  region: HTMLElement
  addStyles(css: string): void
  find<E extends HTMLElement>(selector: string): E | null
  focus(element: HTMLElement | null): void
}

const make = (tag: string, name: string): HTMLElement => {
  const element = document.createElement(tag)
  element.className = name
  return element
}

/** The panel's classes say what is set, and nothing else. @param scaleColor where its colours are at hand */
const classesOf = (form: PanelForm, settings: PanelSettings, scaleColor: string | undefined): string => {
  const { position = '', density, closePosition } = settings
  const [top] = /top/.exec(position) ?? []
  const [start] = /start/.exec(position) ?? []
  return ['panel', form, top, start, density, closePosition && `close-${closePosition}`, scaleColor]
    .filter(Boolean)
    .join(' ')
}

export function createFrame(
  form: PanelForm,
  settings: PanelSettings,
  { lang, isRightToLeft }: Language,
  scaleColor: string | undefined,
): Frame {
  const host = document.createElement('zeroten-panel')
  const shadow = host.attachShadow({ mode: 'open' })
  const panel = make(form === 'modal' ? 'dialog' : 'div', classesOf(form, settings, scaleColor))
  const attributes = {
    part: 'panel',
    lang,
    dir: isRightToLeft ? 'rtl' : 'ltr',
    role: form === 'modal' ? 'dialog' : 'region',
    tabindex: '-1',
    'aria-labelledby': 'q',
  }
  for (const [name, value] of Object.entries(attributes)) panel.setAttribute(name, value)
  const [region, body, rest] = [make('div', 'hidden'), make('div', 'body'), make('div', 'rest')]
  region.setAttribute('role', 'status')
  panel.append(region, body)
  shadow.append(panel)
  const frame: Frame = {
    form,
    host,
    shadow,
    panel,
    body,
    rest,
    region,
    addStyles(text) {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(text)
      shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet]
    },
    find: selector => shadow.querySelector(selector),
    focus: element => element?.focus({ preventScroll: true }),
  }
  frame.addStyles(css)
  return frame
}
