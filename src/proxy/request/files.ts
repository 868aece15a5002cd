import { type Bytes, type PlainAnswer, SECURITY_HEADERS } from './http-response.js'
import type { ProxyRequest } from './proxy-request.js'

/** One file that the proxy serves, in every encoding that was made of it. */
export interface StaticFile {
  bytes: Bytes
  brotli?: Bytes
  gzip?: Bytes
  /** Its name holds its hash, so it never changes. */
  immutable: boolean
  /** `sha384-…`, as in `files.json`. */
  integrity: string
}

/** The widget's files by name: `loadFiles()` of `./proxy/node` reads them from the package; elsewhere bring your own. */
export type Files = ReadonlyMap<string, StaticFile>

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  map: 'application/json; charset=utf-8',
}

/** Whether `Accept-Encoding` takes a coding: named, and not with `q=0`. */
const accepts = (header: string, coding: string): boolean =>
  header.split(',').some(part => {
    const [name = '', ...parameters] = part.split(';').map(piece => piece.trim().toLowerCase())
    return name === coding && !parameters.some(parameter => /^q=0(?:\.0{0,3})?$/.test(parameter))
  })

function encode({ bytes, brotli, gzip }: StaticFile, acceptEncoding: string) {
  if (brotli && accepts(acceptEncoding, 'br')) return { body: brotli, coding: 'br' }
  if (gzip && accepts(acceptEncoding, 'gzip')) return { body: gzip, coding: 'gzip' }
  return { body: bytes, coding: undefined }
}

/** A range of a compressed file helps nobody, so the whole is sent whatever is asked. */
export function answerFile(incoming: ProxyRequest, name: string, file: StaticFile): PlainAnswer {
  const { body, coding } = encode(file, incoming.header('accept-encoding') ?? '')
  const etag = `"${file.integrity.replace(/^sha\d+-/, '').slice(0, 24)}${coding ? `-${coding}` : ''}"`
  const headers: Record<string, string> = {
    ...SECURITY_HEADERS,
    'Content-Type': TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'public, no-cache',
    'Accept-Ranges': 'none',
    ETag: etag,
    Vary: 'Accept-Encoding',
  }
  const known = incoming.header('if-none-match')?.split(',') ?? []
  if (known.some(tag => tag.trim().replace(/^W\//, '') === etag)) return { status: 304, headers, body: null }
  if (coding) headers['Content-Encoding'] = coding
  headers['Content-Length'] = String(body.byteLength)
  return { status: 200, headers, body: incoming.method === 'HEAD' ? null : body }
}
