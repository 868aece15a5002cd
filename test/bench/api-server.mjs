/** The API in a process of its own: `node api-server.mjs DB [BUILD]`, where BUILD is the `api.js` of another build. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const build = process.argv[3] ? pathToFileURL(resolve(process.argv[3])).href : '../../dist/api.js'
const { createApi, serveApi } = await import(build)

const account = {
  email: 'bench@example.com',
  password: 'bench',
  clientId: 'bench-client',
  clientSecret: 'bench-secret',
}
const api = await createApi({ db: process.argv[2], account })
const server = await serveApi(api, { port: 0 })
const body = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: account.clientId,
  client_secret: account.clientSecret,
})
const token = await (await fetch(`${server.url}/oauth/token`, { method: 'POST', body })).json()
process.stdout.write(`${JSON.stringify({ url: server.url, token: token.access_token })}\n`)
process.once('SIGTERM', async () => {
  await server.close()
  await api.close()
  process.exit(0)
})
