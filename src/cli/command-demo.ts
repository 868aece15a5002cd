import { defineCommand } from './command.js'
import { parseText } from './flag-values.js'
import { serveUntilSignal } from './serve-until-signal.js'
import { listeningFlags } from './serving-flags.js'

const { port, host } = listeningFlags('8080')

const flags = {
  port: { ...port, variable: 'PORT' },
  host,
  data: { takes: 'FOLDER', parse: parseText, initial: '.data', help: 'where its data is kept' },
} as const

export const demo = defineCommand({
  name: 'zeroten demo',
  summary: 'runs the API, the proxy and a small customer site in one process',
  flags,
  environment: { PORT: 'where to listen, unless --port says it' },
  run: ({ host, port, data }, context) =>
    serveUntilSignal(async closing => {
      const { startDemo } = await import('../../demo/server/index.js')
      const demo = await startDemo({ host, port, folder: data })
      closing.add(() => demo.close())
      context.print(`the API is at ${demo.apiUrl}; data and secrets are in ${data}`)
      return demo.url
    }, context),
})
