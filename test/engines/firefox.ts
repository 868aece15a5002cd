import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { WebSocket } from 'undici'
import { temporaryFolder } from '../support/temporary-folder.js'
import { clickActions, type Engine, type EngineTab, typeActions } from './engine.js'

interface Reply {
  id?: number
  type: 'success' | 'error' | 'event'
  result?: unknown
  message?: string
}

interface Evaluated {
  type: 'success' | 'exception'
  result?: { type: string; value?: string }
  exceptionDetails?: { text: string }
}

type Send = <T>(method: string, params: object) => Promise<T>

/** One WebSocket of WebDriver BiDi: a command, and the reply that has its id. */
async function connect(url: string): Promise<{ send: Send; end(): void }> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', () => reject(new Error(`Firefox does not answer at ${url}`)))
  })
  const pending = new Map<number, (reply: Reply) => void>()
  socket.addEventListener('message', ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply
    if (reply.id !== undefined) pending.get(reply.id)?.(reply)
  })
  let last = 0
  const send = async <T>(method: string, params: object): Promise<T> => {
    const id = ++last
    const reply = await new Promise<Reply>(resolve => {
      pending.set(id, resolve)
      socket.send(JSON.stringify({ id, method, params }))
    })
    pending.delete(id)
    if (reply.type === 'error') throw new Error(`${method}: ${reply.message}`)
    return reply.result as T
  }
  return { send, end: () => socket.close() }
}

/** The address that Firefox prints once it listens. */
function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    output.on('data', chunk => {
      text += chunk
      const found = /listening on (ws:\S+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
    output.on('end', () => reject(new Error(`Firefox ended before it listened: ${text}`)))
  })
}

const tabOf = (send: Send, context: string): EngineTab => ({
  open: async url => {
    await send('browsingContext.navigate', { context, url, wait: 'complete' })
  },
  back: async () => {
    await send('browsingContext.traverseHistory', { context, delta: -1 })
  },
  run: async body => {
    const { type, result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
      expression: `(async () => JSON.stringify(await (async () => {${body}})() ?? null))()`,
      target: { context },
      awaitPromise: true,
    })
    if (type === 'exception') throw new Error(`in the page: ${exceptionDetails?.text}`)
    return JSON.parse(result?.value ?? 'null')
  },
  click: async (x, y) => {
    await send('input.performActions', { context, actions: clickActions(x, y) })
  },
  type: async text => {
    await send('input.performActions', { context, actions: typeActions(text) })
  },
  close: async () => {
    await send('browsingContext.close', { context })
  },
})

/** Starts Firefox without a window, on a profile of its own, and speaks WebDriver BiDi with it. */
export async function startFirefox(binary: string): Promise<Engine> {
  const profile = await temporaryFolder()
  const browser = spawn(
    binary,
    ['--headless', '--no-remote', '--profile', profile.path, '--remote-debugging-port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' } },
  )
  const end = async () => {
    if (browser.exitCode === null && browser.signalCode === null) {
      const exit = once(browser, 'exit')
      browser.kill('SIGKILL')
      await exit
    }
    await profile.remove()
  }
  try {
    const { send, end: hangUp } = await connect(`${await addressOf(browser.stderr)}/session`)
    const { capabilities } = await send<{ capabilities: { browserVersion: string } }>('session.new', {
      capabilities: {},
    })
    return {
      name: 'Firefox',
      version: capabilities.browserVersion,
      newTab: async () => {
        const { context } = await send<{ context: string }>('browsingContext.create', { type: 'tab' })
        return tabOf(send, context)
      },
      close: async () => {
        hangUp()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}
