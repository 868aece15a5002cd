import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { bodyBroken, bodyTooLarge, bodyTooSlow } from '../request/body-errors.js'
import type { BodyBounds, Incoming } from '../request/proxy-request.js'

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
      const [first] = chunks
      const whole = first && chunks.length === 1 ? first : Buffer.concat(chunks)
      if (isUtf8(whole)) resolve(whole.toString())
      else reject(bodyBroken())
    }
    const onClose = () => refuse(bodyBroken())
    message.on('data', onData).on('end', onEnd).on('close', onClose)
    // Who comes after the end hears of it no more.
    if (message.destroyed) onClose()
  })
}

/** A request of `node:http`. Its Request, which few hosts ask for, is made when it is asked for. */
class NodeIncoming implements Incoming {
  readonly method: string
  readonly path: string
  readonly #message: IncomingMessage
  #request: Request | undefined

  constructor(message: IncomingMessage) {
    const { method = '', url = '' } = message
    this.#message = message
    this.method = method
    // A client that believes to speak to a forward proxy sends the whole address.
    const target = /^https?:/.test(url) && URL.canParse(url) ? new URL(url).pathname : url
    const query = target.indexOf('?')
    this.path = query < 0 ? target : target.slice(0, query)
  }

  get host(): string {
    return new URL(this.#origin).host
  }

  get #origin(): string {
    const { headers, socket } = this.#message
    const scheme = 'encrypted' in socket ? 'https' : 'http'
    const origin = `${scheme}://${headers.host}`
    return URL.canParse(origin) ? origin : `${scheme}://unknown.invalid`
  }

  header(name: string): string | null {
    const { headers } = this.#message
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }

  readText(bounds: BodyBounds): Promise<string> {
    return readText(this.#message, bounds)
  }

  get request(): Request {
    this.#request ??= this.#toRequest()
    return this.#request
  }

  #toRequest(): Request {
    const { rawHeaders, url = '/' } = this.#message
    const headers = new Headers()
    for (let index = 0; index < rawHeaders.length; index += 2)
      headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
    return new Request(new URL(url, this.#origin), { method: this.method, headers })
  }
}

export const fromNode = (message: IncomingMessage): Incoming => new NodeIncoming(message)
