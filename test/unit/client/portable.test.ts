import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import type * as ClientEntry from '../../../src/client/index.js'
import { startScriptedServer } from '../../support/scripted-server.js'

/** What Node, Workers, Deno and Bun all have. */
const webStandards = () => ({
  AbortController,
  AbortSignal,
  DOMException,
  Headers,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  performance,
  setTimeout,
})

async function bundleClient() {
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/client/index.ts'],
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    format: 'iife',
    globalName: 'entry',
    write: false,
    metafile: true,
  })
  return { code: outputFiles[0]?.text ?? '', outputs: Object.values(metafile.outputs) }
}

test('the client imports nothing from outside its bundle', async () => {
  const { outputs } = await bundleClient()
  expect(outputs.flatMap(({ imports }) => imports)).toEqual([])
})

test('the client runs where there are Web standards and nothing else', async () => {
  const { code } = await bundleClient()
  const server = await startScriptedServer({ api: () => ({ status: 404 }) })
  const context = createContext(webStandards())
  const { createClient, ApiError } = runInContext(`${code};entry`, context) as typeof ClientEntry
  const client = createClient({ baseUrl: server.url, credentials: { clientId: 'app', clientSecret: 'hush' } })
  const error = await client.endUsers.get(7).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 404 })
  expect(server.received).toHaveLength(2)
})

test('importing it touches nothing global', async () => {
  const { code } = await bundleClient()
  const context = createContext({ ...webStandards(), fetch: undefined })
  const before = Object.keys(context)
  runInContext(`(() => {${code}})()`, context)
  expect(Object.keys(context)).toEqual(before)
})
