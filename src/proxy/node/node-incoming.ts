import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { decodeChunks } from '../../runtime/node/decode-chunks.js'
import { bodyBroken, bodyTaken, bodyTooLarge, bodyTooSlow } from '../request/body-errors.js'
import type { ProxyRequest } from '../request/proxy-request.js'
import type { BodyBounds } from '../request/read-stream.js'

/** A request of `node:http`, with what Express, Connect, Fastify or a cloud function's host may have added to it. */
export type MountedMessage = IncomingMessage & {
  /** The address as it came, where a mount's path was cut from `url`. */
  originalUrl?: string
  /** The path that was cut from `url`. */
  baseUrl?: string
  /** The visitor's address, as far as the host trusts its own proxies. */
  ip?: unknown
  /** The body, where something of the host has read it: text, bytes, or what was parsed of them. */
  body?: unknown
  /** Its bytes, where the host kept them too. */
  rawBody?: unknown
}

/** Whether a framework has cut the path of its mount from `url`. */
export const isMounted = ({ url, originalUrl = url, baseUrl }: MountedMessage): boolean =>
  Boolean(baseUrl) || originalUrl !== url

/**
 * The text of a body that the host has read before.
 *
 * @throws ProxyError 400, 413, 500
 */
function takenText({ body, rawBody }: MountedMessage, maxBytes: number): string {
  const taken = rawBody instanceof Uint8Array ? rawBody : body
  if (taken instanceof Uint8Array) {
    if (taken.length > maxBytes) throw bodyTooLarge(maxBytes)
    if (!isUtf8(taken)) throw bodyBroken()
    return new TextDecoder().decode(taken)
  }
  if (typeof taken !== 'string' && (typeof taken !== 'object' || taken === null)) throw bodyTaken()
  const text = typeof taken === 'string' ? taken : JSON.stringify(taken)
  if (Buffer.byteLength(text) > maxBytes) throw bodyTooLarge(maxBytes)
  return text
}

function readText(message: IncomingMessage, { maxBytes, deadlineMs }: BodyBounds): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const stop = () => {
      clearTimeout(timer)
      message.off('data', onData).off('end', onEnd).off('close', onClose)
    }
    const refuse = (error: Error) => {
      stop()
      message.pause()
      reject(error)
    }
    const timer = setTimeout(() => refuse(bodyTooSlow()), deadlineMs)
    const onData = (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > maxBytes) refuse(bodyTooLarge(maxBytes))
    }
    const onEnd = () => {
      stop()
      const text = decodeChunks(chunks)
      if (text === undefined) reject(bodyBroken())
      else resolve(text)
    }
    const onClose = () => refuse(bodyBroken())
    message.on('data', onData).on('end', onEnd).on('close', onClose)
    // Who comes after the end hears of it no more.
    if (message.destroyed) onClose()
  })
}

/** A request of `node:http`. Its Request, which few hosts ask for, is made when it is asked for. */
class NodeIncoming implements ProxyRequest {
  readonly method: string
  readonly path: string
  readonly #message: MountedMessage
  #request: Request | undefined

  constructor(message: MountedMessage, base: string) {
    const { method = '', url = '' } = message
    this.#message = message
    this.method = method
    // A client that believes to speak to a forward proxy sends the whole address.
    const target = /^https?:/.test(url) && URL.canParse(url) ? new URL(url).pathname : url
    const query = target.indexOf('?')
    const path = query < 0 ? target : target.slice(0, query)
    this.path = isMounted(message) && !path.startsWith(`${base}/`) ? base + path : path
  }

  get host(): string {
    return new URL(this.#origin).host
  }

  get #origin(): string {
    const { headers, socket } = this.#message
    const scheme = 'encrypted' in socket ? 'https' : 'http'
    const origin = `${scheme}://${headers.host ?? headers[':authority']}`
    return URL.canParse(origin) ? origin : `${scheme}://unknown.invalid`
  }

  header(name: string): string | null {
    const { headers } = this.#message
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }

  async readText(bounds: BodyBounds): Promise<string> {
    const message = this.#message
    return message.readableEnded ? takenText(message, bounds.maxBytes) : readText(message, bounds)
  }

  get request(): Request {
    this.#request ??= this.#toRequest()
    return this.#request
  }

  #toRequest(): Request {
    const { rawHeaders, url = '/', originalUrl = url } = this.#message
    const headers = new Headers()
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? ''
      // HTTP/2 has the request line among its headers.
      if (!name.startsWith(':')) headers.append(name, rawHeaders[index + 1] ?? '')
    }
    return new Request(new URL(originalUrl, this.#origin), { method: this.method, headers })
  }
}

/** @param base what stands for the path that a mount has cut, whatever that was */
export const fromNode = (message: MountedMessage, base: string): ProxyRequest =>
  new NodeIncoming(message, base)
