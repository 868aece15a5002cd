import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CleanUp } from './start-api.js'

/** One attempt at a message, as it came. */
export interface ReceivedMessage {
  id: string
  headers: IncomingHttpHeaders
  body: string
  /** What it was answered. */
  status: number
  atMs: number
}

export interface WebhookReceiver {
  url: string
  /** Every attempt, in order. */
  received: ReceivedMessage[]
  /** Those that were answered 2xx. */
  accepted(): ReceivedMessage[]
  /** What the next are answered: a status, or what is done with the HTTP response. */
  answer: (message: Omit<ReceivedMessage, 'status'>) => number | ((response: ServerResponse) => void)
}

/** A server that takes messages of webhooks, 204 each until `answer` says otherwise. */
export async function startWebhookReceiver(cleanUp: CleanUp): Promise<WebhookReceiver> {
  const receiver: WebhookReceiver = {
    url: '',
    received: [],
    accepted: () => receiver.received.filter(({ status }) => status >= 200 && status < 300),
    answer: () => 204,
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { headers } = request
    const body = Buffer.concat(chunks).toString()
    const message = { id: String(headers['webhook-id']), headers, body, atMs: Date.now() }
    const answer = receiver.answer(message)
    receiver.received.push({ ...message, status: typeof answer === 'number' ? answer : 0 })
    if (typeof answer === 'number') response.writeHead(answer).end()
    else answer(response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  cleanUp(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return receiver
}
