import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** As strict as a policy gets; the widget needs no exception from it. */
const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** Where a page's script tag takes the visitor's token. */
const TAG = 'src="/zeroten/widget.js"'

interface File {
  text: string
  type: string
}

/**
 * Kestrel's site: `/plans` is `plans.html`, `/` is `index.html`.
 *
 * @returns the answer to a path, with the token of whoever is logged in written into the page's script tag
 */
export async function loadSite(
  folder: string,
): Promise<(path: string, identityToken: string | undefined) => Response | undefined> {
  const files = new Map<string, File>()
  for (const name of await readdir(folder)) {
    const type = TYPES[extname(name)]
    const path = name === 'index.html' ? '/' : `/${name.replace(/\.html$/, '')}`
    if (type) files.set(path, { text: await readFile(join(folder, name), 'utf8'), type })
  }
  return (path, identityToken) => {
    const file = files.get(path)
    if (!file) return undefined
    const text = identityToken
      ? file.text.replace(TAG, `${TAG} data-identity-token="${identityToken}"`)
      : file.text
    return new Response(text, {
      headers: {
        'Content-Type': file.type,
        'Content-Security-Policy': POLICY,
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      },
    })
  }
}
