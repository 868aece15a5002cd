import { KINDS } from './kinds.js'
import { yesOrNo } from './parse-value.js'

/** Our own file by whatever address: its site and its folder. */
const OUR_FILE = /^(\w+:\/\/[^/?#]*)([^?#]*)\/(?:widget|named)(?:-\w+)?\.js(?:[?#]|$)/

/** What our own `<script>` says. */
export interface OwnTag {
  /** `https://shop.example/zeroten`: the chunks lie beside the file. */
  folder: string
  /** `/zeroten` */
  path: string
  /** Its `data-*`, not yet parsed. */
  settings: Record<string, unknown>
  /** The parser waits for it, so what follows may count on what it defines. */
  isBlocking: boolean
}

/** Without a value, an attribute means yes where that can be meant, and nothing elsewhere. */
export const readAttributes = (dataset: DOMStringMap): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(dataset).map(([name, text]) => [name, text || KINDS[name] === yesOrNo || null]),
  )

/**
 * The element that this file runs for. Content of the page can't pass for it: the build reaches the document's members by
 * its prototype (`own-document.ts`), since `<img name="currentScript">` takes the place of the document's own, and its
 * address is that of our file. Modules have no
 * `currentScript`; of theirs, the one that is ours stands in the stack of a call.
 *
 * @returns undefined for text that a loader evaluates, say: then nobody knows what the tag asks for
 */
export function findOwnTag(): OwnTag | undefined {
  const { stack } = new Error()
  const current = document.currentScript as HTMLScriptElement | null
  const modules = document.querySelectorAll<HTMLScriptElement>('script[type=module]')
  for (const { src, dataset, async, defer } of current ? [current] : modules) {
    const [found, site, path] = OUR_FILE.exec(src) ?? []
    if (found && (current || stack?.includes(src)))
      return {
        folder: `${site}${path}`,
        path: path as string,
        settings: readAttributes(dataset),
        isBlocking: !!current && !async && !defer,
      }
  }
  return undefined
}
