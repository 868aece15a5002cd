/** @jsxImportSource ../dom */
/**
 * What only some sites ask for, a chunk of its own: modal and inline forms, an accent, densities, colours of the scale, small
 * print and opt-out, permission, links after sending.
 *
 * @module
 */
import { PASSIVE_FROM, PROMOTER_FROM } from '../../../domain/nps-class.js'
import { AT, type Words } from '../../locales/messages.js'
import { fill } from '../fill.js'
import type { Kept } from '../keep-events.js'
import { forClass } from '../nps-class.js'
import { derivePalette } from '../palette.js'
import type { PanelSettings } from '../panel-types.js'
import type { PanelState } from '../state.js'
import css from './extras.css?inline'

export interface ExtrasOptions {
  settings: PanelSettings
  words: Words
  allowSharing(share: boolean): void
  /** Counts at once; the word stays for a moment. */
  optOut(farewell: string): void
}

export interface MountOptions {
  host: Element
  panel: HTMLElement
  /** Of the inline form. */
  container: Element | undefined
  /** Ends with the panel. */
  signal: AbortSignal
  close(): void
  /** There is something that a slip of the hand would lose. */
  isAnswering(): boolean
  /** The page took the host away. */
  onGone(): void
}

export interface Extras {
  css: string
  /** Puts a modal or inline panel into the page. */
  mount(options: MountOptions): void
  /** Called when the theme has changed, too. */
  paint(panel: HTMLElement): void
  /** Of a choice, where the scale has colours. */
  hueOf(score: number): number | undefined
  belowQuestion(): HTMLElement | undefined
  belowText(): HTMLElement | undefined
  afterThanks(state: PanelState): HTMLElement | undefined
}

export type CreateExtras = (options: ExtrasOptions) => Extras

interface Link {
  text: string
  url: string
}

/** What a link may lead to: an `http:` or `https:` address, relative to `base`; anything else (`javascript:`) is none. */
function parseAddress(address: string | undefined, base = document.baseURI): URL | undefined {
  if (!address) return undefined
  try {
    const url = new URL(address, base)
    return /^https?:$/.test(url.protocol) ? url : undefined
  } catch {
    // A typing error of the site: no link is better than a dead one.
    return undefined
  }
}

/** Where to go after sending: the site's own link for the class, and for promoters its pages in social networks. */
function linksAfter(settings: PanelSettings, shareOn: string, { score = 0, text }: PanelState): Link[] {
  const { linkScoreParameter, linkCommentParameter, facebookPage, twitterAccount } = settings
  const links: Link[] = []
  const own = parseAddress(forClass(settings.thanksLinkUrl, score))
  if (own) {
    if (linkScoreParameter) own.searchParams.set(linkScoreParameter, `${score}`)
    if (linkCommentParameter) own.searchParams.set(linkCommentParameter, text)
    links.push({ text: forClass(settings.thanksLinkText, score) || own.host, url: own.href })
  }
  const share = (network: string, url: string, shared: string) =>
    links.push({ text: fill(shareOn, { network }), url: url + encodeURIComponent(shared) })
  const page = parseAddress(facebookPage, 'https://www.facebook.com')
  if (score >= PROMOTER_FROM && page)
    share('Facebook', 'https://www.facebook.com/sharer/sharer.php?u=', page.href)
  if (score >= PROMOTER_FROM && twitterAccount) {
    share('X', 'https://x.com/intent/post?text=', `${text} @${twitterAccount.replace('@', '')}`.trim())
  }
  return links
}

function mount({ host, panel, container, signal, close, isAnswering, onGone }: MountOptions): void {
  if (!(panel instanceof HTMLDialogElement)) {
    container?.append(host)
    const observer = new MutationObserver(() => {
      if (host.isConnected) return
      observer.disconnect()
      if (!signal.aborted) onGone()
    })
    // What goes from a shadow tree is seen in that tree alone.
    for (let root = host.getRootNode(); ; root = root.host.getRootNode()) {
      observer.observe(root, { subtree: true, childList: true })
      if (!(root instanceof ShadowRoot)) return
    }
  }
  document.documentElement.append(host)
  panel.showModal()
  panel.focus()
  // Escape is heard by the panel itself; this is a phone's gesture for going back.
  panel.addEventListener('cancel', event => {
    event.preventDefault()
    close()
  })
  const isBeside = ({ clientX: x, clientY: y }: MouseEvent) => {
    const { left, right, top, bottom } = panel.getBoundingClientRect()
    return x < left || x > right || y < top || y > bottom
  }
  // Of a press here and a release there the browser makes a click on what holds both, the dialog.
  let isPressedBeside = false
  let isReleasedBeside = false
  const on = (type: string, hear: (event: MouseEvent) => void) =>
    panel.addEventListener(`kept-${type}`, event => hear((event as Kept<MouseEvent>).detail))
  on('pointerdown', event => {
    isPressedBeside = isBeside(event)
  })
  on('pointerup', event => {
    isReleasedBeside = isBeside(event)
  })
  on('click', event => {
    if (event.detail && isPressedBeside && isReleasedBeside && isBeside(event) && !isAnswering()) close()
  })
}

/** @returns degrees; nothing where the scale has no colours */
function hueOf(score: number, scaleColor: PanelSettings['scaleColor']): number | undefined {
  if (scaleColor === 'gradient') return score * 14
  if (scaleColor === 'three') return score >= PROMOTER_FROM ? 140 : score >= PASSIVE_FROM ? 45 : 5
  return undefined
}

/** What the panel adds to itself where the settings ask for it. */
export const createExtras: CreateExtras = ({ settings, words, allowSharing, optOut }) => {
  const { disclaimer, disclaimerLinkText, disclaimerLinkUrl, showOptOut } = settings
  const smallPrint = parseAddress(disclaimerLinkUrl)

  const link = ({ url, text }: Link) => (
    <a part="link" href={url} target="_blank" rel="noopener noreferrer">
      {text}
      <span class="hidden">{` (${words[AT.newTab]})`}</span>
    </a>
  )

  return {
    css,
    mount,
    paint: panel => derivePalette(panel, settings.accent),
    hueOf: score => hueOf(score, settings.scaleColor),
    belowQuestion() {
      if (!disclaimer && !smallPrint && !showOptOut) return undefined
      return (
        <div class="foot quiet">
          {(disclaimer || smallPrint) && (
            <span part="disclaimer">
              {disclaimer}{' '}
              {smallPrint && link({ url: smallPrint.href, text: disclaimerLinkText || smallPrint.host })}
            </span>
          )}
          {showOptOut && (
            <button type="button" part="opt-out" onkept-click={() => optOut(words[AT.optedOut])}>
              {words[AT.optOut]}
            </button>
          )}
        </div>
      )
    },
    belowText() {
      if (!settings.askPermission) return undefined
      const allow = (event: Event) => allowSharing((event.target as HTMLInputElement).checked)
      return (
        <label class="tick" part="permission">
          <input type="checkbox" onchange={allow} />
          {settings.permissionLabel || words[AT.share]}
        </label>
      )
    },
    afterThanks(state) {
      const text = forClass(settings.thanksText, state.score ?? 0)
      const links = linksAfter(settings, words[AT.shareOn], state)
      if (!text && !links[0]) return undefined
      return (
        <div class="foot after">
          {text && <span part="thanks-text">{text}</span>}
          {links.map(link)}
        </div>
      )
    },
  }
}
