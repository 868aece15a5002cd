import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../support/free-port.mjs'
import { clickActions, type Engine, type EngineTab, typeActions } from './engine.js'

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

/** A virtual screen, since WebKitGTK has no mode without windows. */
async function startScreen(): Promise<{ display: string; end(): Promise<void> }> {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [number] = (await Promise.race([
    once(screen.stdout, 'data'),
    once(screen, 'exit').then(() => {
      throw new Error('Xvfb ended before it had a screen')
    }),
  ])) as [Buffer]
  return { display: `:${String(number).trim()}`, end: () => end(screen) }
}

type Call = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<T>

const callerOf =
  (port: number): Call =>
  async <T>(method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    })
    const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`)
    return value
  }

/** The driver listens some milliseconds after its start. */
async function whenReady(call: Call): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await call('GET', '/status')
      return
    } catch (error) {
      if (tries === 100) throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

/** Commands go to the window that was chosen last, so that each of a tab's begins with its choice. */
function tabOf(call: Call, session: string, handle: string): EngineTab {
  const inTab = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => {
    await call('POST', `${session}/window`, { handle })
    return call<T>(method, `${session}${path}`, body)
  }
  return {
    open: async url => {
      await inTab('POST', '/url', { url })
    },
    back: async () => {
      await inTab('POST', '/back', {})
    },
    run: async body => {
      const script = `const done = arguments[0]; (async () => {${body}})().then(
        value => done({ value }), error => done({ error: String(error) }))`
      const { value, error } = await inTab<{ value?: never; error?: string }>('POST', '/execute/async', {
        script,
        args: [],
      })
      if (error) throw new Error(`in the page: ${error}`)
      return value as never
    },
    click: async (x, y) => {
      await inTab('POST', '/actions', { actions: clickActions(x, y) })
    },
    type: async text => {
      await inTab('POST', '/actions', { actions: typeActions(text) })
    },
    close: async () => {
      await inTab('DELETE', '/window')
    },
  }
}

/** Starts WebKitGTK's small browser on a virtual screen, through its WebDriver. */
export async function startWebKit(driverBinary: string, browserBinary: string): Promise<Engine> {
  const screen = await startScreen()
  const port = await freePort()
  const driver = spawn(driverBinary, [`--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: screen.display, GDK_BACKEND: 'x11' },
  })
  const call = callerOf(port)
  const stop = async () => {
    await end(driver)
    await screen.end()
  }
  try {
    await whenReady(call)
    const options = { binary: browserBinary, args: ['--automation'] }
    const { sessionId, capabilities } = await call<{
      sessionId: string
      capabilities: { browserVersion: string }
    }>('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } })
    const session = `/session/${sessionId}`
    const first = await call<string>('GET', `${session}/window`)
    return {
      name: 'WebKitGTK',
      version: capabilities.browserVersion,
      newTab: async () => {
        // The window that was chosen last may be closed; and a tab in the background of another one is hidden.
        await call('POST', `${session}/window`, { handle: first })
        const { handle } = await call<{ handle: string }>('POST', `${session}/window/new`, { type: 'window' })
        return tabOf(call, session, handle)
      },
      close: async () => {
        await call('DELETE', session).catch(() => undefined)
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
