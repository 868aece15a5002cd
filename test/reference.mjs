/**
 * `npm run reference [-- --write]`: reads the types that ship, as a customer's compiler does, and fails where a public name
 * has no docstring, a docstring is malformed, or the public surface is not what `test/package/public-surface` says
 * (`--write` writes it anew). From the docstrings it makes the API reference, a page a name, in `dist/reference`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { TSDocConfigFile } from '@microsoft/tsdoc-config'

const root = fileURLToPath(new URL('../', import.meta.url))
const write = process.argv.includes('--write')
const models = join(root, 'node_modules/.cache/reference')
const reports = join(root, 'test/package/public-surface')
const pages = join(root, 'dist/reference')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.entries(manifest.exports).filter(([, { types }]) => types)

/** The tags of TSDoc, and `@default`, which editors know as well. */
const tags = TSDocConfigFile.loadFromObject({
  $schema: 'https://developer.microsoft.com/json-schemas/tsdoc/v0/tsdoc.schema.json',
  tagDefinitions: [{ tagName: '@default', syntaxKind: 'block' }],
})

/** Names that a customer can import from one entry or another. */
const importable = new Set(
  entries.flatMap(([, { types }]) => readFileSync(join(root, types), 'utf8').match(/\w+/g)),
)

const nameOf = path => path.replace('.', 'zeroten').replaceAll('/', '-')

const isDeclaration = ({ sourceFilePath, sourceFileLine }) =>
  /^(export|declare) /.test(readFileSync(sourceFilePath, 'utf8').split('\n')[sourceFileLine - 1] ?? '')

/** Prints what is wrong with one entry. @returns whether nothing is */
function extract([path, { types }]) {
  const name = nameOf(path)
  const extractorConfig = ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    tsdocConfigFile: tags,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'esnext',
            moduleResolution: 'bundler',
            lib: ['es2023', 'dom', 'dom.iterable'],
            types: ['node'],
            strict: true,
            jsx: 'react-jsx',
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: name,
        reportFolder: reports,
        reportTempFolder: join(models, name),
      },
      docModel: { enabled: true, apiJsonFilePath: join(models, name, `${name}.api.json`) },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          'ae-undocumented': { logLevel: ExtractorLogLevel.Error },
          // Nothing here is for insiders: whatever an entry exports is public.
          'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
  })
  const { succeeded } = Extractor.invoke(extractorConfig, {
    localBuild: write,
    messageCallback(message) {
      message.handled = true
      if (message.logLevel !== 'error' && message.logLevel !== 'warning') return
      // A member may be told by its name and its type alone: `id`, `email`.
      if (message.messageId === 'ae-undocumented' && !isDeclaration(message)) message.logLevel = 'none'
      if (message.messageId === 'ae-forgotten-export' && importable.has(/"(\w+)"/.exec(message.text)?.[1]))
        message.logLevel = 'none'
      if (message.logLevel === 'none') return
      const place = message.sourceFilePath
        ? `${message.sourceFilePath.replace(root, '')}:${message.sourceFileLine} `
        : ''
      process.stdout.write(`${name}: ${place}${message.text}\n`)
    },
  })
  return succeeded
}

rmSync(models, { recursive: true, force: true })
rmSync(pages, { recursive: true, force: true })
mkdirSync(reports, { recursive: true })
const wrong = entries.filter(entry => !extract(entry))
const documenter = join(root, 'node_modules/@microsoft/api-documenter/bin/api-documenter')
for (const name of entries.map(([path]) => nameOf(path))) {
  // Apart from the others: the documenter takes two entries of one package for a mistake.
  execFileSync(
    process.execPath,
    [documenter, 'markdown', '-i', join(models, name), '-o', join(pages, name)],
    {
      stdio: 'ignore',
    },
  )
}
process.stdout.write(
  `${entries.length - wrong.length} of ${entries.length} entries as documented; pages in ${pages.replace(root, '')}\n`,
)
process.exitCode = wrong.length > 0 ? 1 : 0
