/** The API in a process of its own: `node api-server.mjs DB`. */
import { createApi, serveApi } from '../../dist/api.js'

const account = {
  email: 'bench@example.com',
  password: 'bench',
  clientId: 'bench-client',
  clientSecret: 'bench-secret',
}
const api = await createApi({ db: process.argv[2], account })
const server = await serveApi(api, { port: 0 })
process.stdout.write(`${JSON.stringify({ url: server.url, ...account })}\n`)
process.once('SIGTERM', async () => {
  if (process.env.METRICS)
    process.stderr.write(
      (await api.metrics())
        .split('\n')
        .filter(l => /commit_units/.test(l))
        .join('\n'),
    )
  await server.close()
  await api.close()
  process.exit(0)
})
