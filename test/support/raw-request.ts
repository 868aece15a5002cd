import { connect } from 'node:net'

export interface RawAnswer {
  /** All that came back. */
  text: string
  /** Bytes that we could send before the other side was done with us. */
  sent: number
  ms: number
}

/**
 * Speaks to a port in bytes, as no client library would, until the other side closes.
 *
 * @param next gives what to send, piece by piece; undefined waits for the end
 * @param everyMs pause between pieces
 */
export function sendRaw(
  url: string,
  next: (piece: number) => string | Uint8Array | undefined,
  { everyMs = 0, timeoutMs = 20_000 }: { everyMs?: number; timeoutMs?: number } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const startMs = performance.now()
    const socket = connect(Number(port), hostname)
    let text = ''
    let sent = 0
    let piece = 0
    const pump = () => {
      if (socket.destroyed || !socket.writable) return
      const bytes = next(piece++)
      if (bytes === undefined) return
      sent += bytes.length
      const isFlowing = socket.write(bytes)
      if (everyMs > 0) setTimeout(pump, everyMs)
      else if (isFlowing) setImmediate(pump)
      else socket.once('drain', pump)
    }
    socket.setTimeout(timeoutMs, () => reject(new Error(`nothing for ${timeoutMs} ms; so far ${text}`)))
    socket.on('connect', pump)
    socket.on('data', chunk => {
      text += chunk
    })
    socket.on('error', () => {
      // Reset by the other side: as good an end as any.
    })
    socket.on('close', () => {
      socket.setTimeout(0)
      resolve({ text, sent, ms: performance.now() - startMs })
    })
  })
}
