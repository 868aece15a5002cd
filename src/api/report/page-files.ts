import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is sent. */
interface PageFile {
  plain: Uint8Array<ArrayBuffer>
  brotli: Uint8Array<ArrayBuffer> | undefined
  type: string
  immutable: boolean
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Nothing but the page's own files and this API; nothing inline, nothing evaluated, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Where the build puts the page: beside the bundle that this is part of. */
const builtFolder = () => fileURLToPath(new URL('./report', import.meta.url))

/**
 * Serves `/report` from the files of its build, which are read once.
 *
 * @param folder @default beside the built package; where there is none, nothing is served
 */
export function createPageFiles(folder: string = builtFolder()) {
  const files = readFiles(folder)
  return async (request: Request, name: string): Promise<Response | undefined> => {
    const file = (await files).get(name)
    if (!file) return undefined
    const takesBrotli = /\bbr\b/.test(request.headers.get('accept-encoding') ?? '')
    const compressed = takesBrotli ? file.brotli : undefined
    return new Response(request.method === 'HEAD' ? null : (compressed ?? file.plain), {
      headers: {
        'Content-Type': file.type,
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
        Vary: 'Accept-Encoding',
        ...(compressed && { 'Content-Encoding': 'br' }),
      },
    })
  }
}

async function readFiles(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>()
  // A build without the page, say of somebody who bundles the API alone, serves none.
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names) {
    const type = TYPES[name.split('.').at(-1) ?? '']
    if (!type) continue
    const brotli = names.includes(`${name}.br`) ? await readFile(join(folder, `${name}.br`)) : undefined
    files.set(name, {
      plain: new Uint8Array(await readFile(join(folder, name))),
      brotli: brotli && new Uint8Array(brotli),
      type,
      immutable: !name.endsWith('.html'),
    })
  }
  return files
}
