import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * The way from the other nodes to one server, which can be cut: what the server has sent by then and the relay has not passed on
 * reaches nobody, as where a network fails.
 */
export async function startRelay(port) {
  const pairs = new Set()
  let isCut = false
  const server = createServer(inner => {
    if (isCut) return inner.destroy()
    const outer = connect(port, '127.0.0.1')
    const pair = [inner, outer]
    pairs.add(pair)
    inner.pipe(outer).pipe(inner)
    for (const [socket, other] of [pair, [outer, inner]]) {
      socket.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
      // The other side is closed with it; nothing more is to be done.
      socket.on('error', () => undefined)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  return {
    port: server.address().port,
    /** From now on nothing gets through, and nothing is closed. */
    cut() {
      isCut = true
      for (const [inner, outer] of pairs) {
        inner.unpipe(outer).pause()
        outer.unpipe(inner).pause()
      }
    },
    /** Closes what was cut, and lets new connections through. */
    mend() {
      isCut = false
      for (const [inner, outer] of pairs) {
        inner.destroy()
        outer.destroy()
      }
    },
  }
}
