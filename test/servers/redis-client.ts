import { once } from 'node:events'
import { connect } from 'node:net'

type Reply = string | number | null | Error | Reply[]

/** One reply of RESP2 (https://redis.io/docs/latest/develop/reference/protocol-spec/); undefined where it is not whole yet. */
function readReply(text: string, at: number): { reply: Reply; end: number } | undefined {
  const lineEnd = text.indexOf('\r\n', at)
  if (lineEnd < 0) return undefined
  const [kind, line] = [text[at], text.slice(at + 1, lineEnd)]
  const next = lineEnd + 2
  if (kind === '+') return { reply: line, end: next }
  if (kind === '-') return { reply: new Error(line), end: next }
  if (kind === ':') return { reply: Number(line), end: next }
  if (kind === '$') {
    const length = Number(line)
    if (length < 0) return { reply: null, end: next }
    return text.length < next + length + 2
      ? undefined
      : { reply: text.slice(next, next + length), end: next + length + 2 }
  }
  const replies: Reply[] = []
  let end = next
  for (let n = 0; n < Number(line); n++) {
    const item = readReply(text, end)
    if (!item) return undefined
    replies.push(item.reply)
    end = item.end
  }
  return { reply: replies, end }
}

/** As much of node-redis' client as `RateLimiterRedis` uses. */
export async function connectRedis(port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const waiting: { resolve(reply: Reply): void; reject(error: Error): void }[] = []
  let received = ''
  socket.setEncoding('latin1').on('data', chunk => {
    received += chunk
    for (let found = readReply(received, 0); found; found = readReply(received, 0)) {
      received = received.slice(found.end)
      const { reply } = found
      if (reply instanceof Error) waiting.shift()?.reject(reply)
      else waiting.shift()?.resolve(reply)
    }
  })
  let isReady = true
  socket.on('error', () => {
    // The connection's end is what tells the commands that wait.
  })
  socket.on('close', () => {
    isReady = false
    for (const { reject } of waiting.splice(0)) reject(new Error('the connection ended'))
  })

  const send = (...words: string[]): Promise<Reply> =>
    new Promise((resolve, reject) => {
      if (!isReady) return reject(new Error('the connection ended'))
      waiting.push({ resolve, reject })
      const parts = words.map(word => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
      socket.write(`*${words.length}\r\n${parts.join('')}`)
    })
  return {
    send,
    eval: (script: string, { keys, arguments: values }: { keys: string[]; arguments: string[] }) =>
      send('EVAL', script, String(keys.length), ...keys, ...values),
    async close(): Promise<void> {
      socket.destroy()
    },
  }
}
