import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** A request that Node's HTTP parser refused, so that no handler saw it. */
export interface ConnectionRefusal {
  /** What Node answered, where an answer could still be sent. */
  status: 400 | 408 | 413 | 431
  code: 'headers_too_large' | 'chunk_extensions_too_large' | 'request_timeout' | 'malformed_request'
}

const BY_ERROR_CODE: Readonly<Record<string, ConnectionRefusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'chunk_extensions_too_large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request_timeout' },
}

/** @returns undefined for errors of the connection itself, as when the client has gone */
function refusalOf(error: NodeJS.ErrnoException): ConnectionRefusal | undefined {
  const { code = '' } = error
  return (
    BY_ERROR_CODE[code] ?? (code.startsWith('HPE_') ? { status: 400, code: 'malformed_request' } : undefined)
  )
}

/**
 * Observes the refusals of Node's HTTP parser. Node keeps answering them itself: a listener of `clientError` would have to,
 * and only Node knows whether a response is half sent (https://nodejs.org/api/http.html#event-clienterror). It then destroys
 * the socket with the error, which is what is listened for here.
 */
export function onConnectionRefused(server: Server, onRefused: (refusal: ConnectionRefusal) => void): void {
  server.on('connection', (socket: Socket) => {
    socket.once('error', error => {
      const refusal = refusalOf(error)
      if (refusal) onRefused(refusal)
    })
  })
}
