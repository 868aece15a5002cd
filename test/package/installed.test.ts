import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { batchOf } from '../support/events.js'
import { startCommand } from '../support/start-command.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.keys(manifest.exports).map(path => path.replace(/^\./, 'zeroten'))
const code = entries.filter(name => !/script|package\.json/.test(name))

let project: string
let tarball: string

const run = (...argv: string[]) =>
  spawnSync(process.execPath, argv, { cwd: project, encoding: 'utf8', env: {} })
const zeroten = (...argv: string[]) => run(join(project, 'node_modules/.bin/zeroten'), ...argv)

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', root], {
    stdio: 'inherit',
  })
  project = mkdtempSync(join(tmpdir(), 'zeroten-package-'))
  const npm = (...argv: string[]) =>
    execFileSync('npm', argv, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  // Without scripts: the build that is under test must not be made anew under other tests.
  const [packed] = JSON.parse(npm('pack', root, '--ignore-scripts', '--json'))
  writeFileSync(join(project, 'package.json'), '{ "name": "customer", "private": true, "type": "module" }\n')
  npm('install', '--offline', `./${packed.filename}`)
  tarball = join(project, packed.filename)
  // A server's project has Node's types; they are not in node_modules, whose packages are counted.
  cpSync(join(root, 'node_modules/@types/node'), join(project, 'types/node'), { recursive: true })
  const undici = 'node_modules/undici-types'
  cpSync(join(root, undici), join(project, 'types/node', undici), { recursive: true })
})

afterAll(() => rmSync(project, { recursive: true, force: true }))

/** The oldest and the newest compiler that our types are for. */
const compilers = ['typescript-5.4', 'typescript']

/** Compiles files of the customer's. @returns what the compiler, this repository's if none is named, has against them */
function compile(files: Record<string, string>, ...flags: string[]): string {
  return compileWith('typescript', files, ...flags)
}

function compileWith(compiler: string, files: Record<string, string>, ...flags: string[]): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
  const module = flags.includes('nodenext') ? 'nodenext' : 'esnext'
  return run(
    join(root, 'node_modules', compiler, 'bin/tsc'),
    ...['--noEmit', '--target', 'es2022', '--lib', 'es2023,dom,dom.iterable', '--module', module, ...flags],
    ...['--typeRoots', './types', '--types', 'node', ...Object.keys(files)],
  ).stdout
}

/** Lends the customer packages of this repository, for one compilation. */
function withPackages(names: string[]): { remove(): void } {
  const place = (name: string) => join(project, 'node_modules', name)
  for (const name of names) cpSync(join(root, 'node_modules', name), place(name), { recursive: true })
  return {
    remove() {
      for (const name of names) rmSync(place(name), { recursive: true })
    },
  }
}

/** A link, as the command is one, has no bytes of what it leads to. */
const bytesOf = (path: string): number =>
  lstatSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
    : lstatSync(path).size

describe('npm i zeroten', () => {
  it('brings at most 8 packages and 4 MB, with no network but for itself', () => {
    const packages = readdirSync(join(project, 'node_modules')).filter(name => !name.startsWith('.'))
    expect(packages.length).toBeLessThanOrEqual(8)
    expect(bytesOf(join(project, 'node_modules'))).toBeLessThanOrEqual(4_000_000)
  })

  it.each(code)('lets Node import %s, which touches no global and keeps nothing alive', name => {
    const { stdout, stderr, status } = run(
      '--input-type=module',
      '-e',
      `// Node makes a global of its own when somebody first looks at these.
       void [Request, Response]
       const before = Reflect.ownKeys(globalThis)
       const names = Object.keys(await import('${name}'))
       const added = Reflect.ownKeys(globalThis).filter(key => !before.includes(key))
       console.log(JSON.stringify({ names: names.length > 0, added: added.map(String) }))`,
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ names: true, added: [] })
    expect(status).toBe(0)
  })

  it('gives the path of the file for the tag', () => {
    const { stdout } = run('-p', "require.resolve('zeroten/script')")
    expect(readFileSync(stdout.trim(), 'utf8')).toMatch(/^\(\(\)=>\{/)
  })

  it.each(compilers.flatMap(compiler => ['nodenext', 'bundler'].map(how => ({ compiler, how }))))(
    'has types that $compiler compiles with nothing else installed, resolved as $how',
    ({ compiler, how }) => {
      const imports = code.map(
        (name, index) => `import * as entry${index} from '${name}'\nvoid entry${index}`,
      )
      const files = { 'consumer.ts': imports.join('\n') }
      expect(compileWith(compiler, files, '--strict', '--moduleResolution', how)).toBe('')
    },
  )

  it.each(compilers.flatMap(compiler => ['preact', 'react'].map(library => ({ compiler, library }))))(
    'lets $compiler type <zero-ten> in JSX of $library, and window.zeroten',
    ({ compiler, library }) => {
      const element = `import 'zeroten'
        export const survey = <zero-ten class="side" />
        window.zeroten?.('survey')
        document.createElement('zero-ten').hidden = true`
      const jsx = ['--jsx', 'react-jsx', '--jsxImportSource', library]
      const withLibrary = withPackages(library === 'react' ? ['@types/react', 'csstype'] : ['preact'])
      try {
        expect(
          compileWith(compiler, { 'page.tsx': element }, '--strict', '--moduleResolution', 'bundler', ...jsx),
        ).toBe('')
      } finally {
        withLibrary.remove()
      }
    },
  )

  it('has an export map and types that agree, by the rules of every resolver', () => {
    const { stdout, status } = run(
      join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
      ...[tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'script', '--no-color', '--no-emoji'],
    )
    expect(status, stdout).toBe(0)
  })

  it('is bundled by esbuild without a warning', async () => {
    const { warnings } = await build({
      stdin: {
        contents:
          "import { createWidget } from 'zeroten'\nimport * as survey from 'zeroten/survey'\ncreateWidget({}, { survey })",
        resolveDir: project,
      },
      bundle: true,
      format: 'esm',
      splitting: true,
      write: false,
      outdir: join(project, 'out'),
      logLevel: 'silent',
    })
    expect(warnings.map(({ id, text }) => `${id}: ${text}`)).toEqual([])
  })

  it('is used in the README as its types allow', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const examples = [...readme.matchAll(/```js\n(import .*?)```/gs)].map(([, example]) => example)
    expect(examples.length).toBeGreaterThan(2)
    const given = `
      declare const user: { email: string; signedUpAtSeconds: number; plan: string }
      declare function sessionOf(request: Request): Promise<{ user: { email: string } } | undefined>
      declare const options: import('zeroten/proxy/node').NodeProxyOptions
      declare const pool: object
      declare class RateLimiterPostgres {
        constructor(options: { storeClient: object; keyPrefix: string; points: number; duration: number })
        consume(key: string, points: number): Promise<unknown>
      }
    `
    const files = examples.map((example, index) => [`example-${index}.ts`, `${given}${example}\nexport {}`])
    expect(compile(Object.fromEntries(files), '--strict', 'false', '--moduleResolution', 'bundler')).toBe('')
  })
})

describe('the command, installed', () => {
  it('tells its version', () => {
    expect(zeroten('--version')).toMatchObject({ stdout: `${manifest.version}\n`, status: 0 })
  })

  it('runs the proxy with nothing else installed', async () => {
    const file = join(project, 'node_modules/.bin/zeroten')
    const env = { WOOTRIC_CLIENT_ID: 'id', WOOTRIC_CLIENT_SECRET: '5d41402abc4b2a76b9719d911017c592' }
    const proxy = await startCommand(['proxy', '--port', '0'], { file, cwd: project, env })
    expect((await fetch(`${proxy.url}/zeroten/widget.js`)).status).toBe(200)
    expect(await proxy.stop()).toBe(0)
  })

  it('started by npx, answers what it has begun when npx is told to end, and ends', async () => {
    const upstream = createServer().listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    onTestFinished(() => void upstream.close())
    const api = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    const npx = spawn('npx', ['--offline', 'zeroten', 'proxy', '--port', '0', '--api', api], {
      cwd: project,
      env: {
        PATH: process.env.PATH,
        HOME: project,
        WOOTRIC_CLIENT_ID: 'id',
        WOOTRIC_CLIENT_SECRET: '5d41402abc4b2a76b9719d911017c592',
      },
      // A process group of its own, so that nothing outlives a test that fails.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      try {
        process.kill(-Number(npx.pid), 'SIGKILL')
      } catch {
        // Everything in the group has ended, as it should.
      }
    })
    const [line] = (await once(createInterface(npx.stdout), 'line')) as [string]
    const url = line.replace('listening on ', '')

    const asked = once(upstream, 'request')
    const answer = fetch(`${url}/zeroten/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: url },
      body: JSON.stringify({ ...batchOf({ ask: {} }), identity: { anonymous_id: crypto.randomUUID() } }),
    })
    const [, response] = (await asked) as [IncomingMessage, ServerResponse]
    npx.kill('SIGTERM')
    const isClosed = () =>
      fetch(`${url}/zeroten/widget.js`).then(
        () => false,
        () => true,
      )
    await expect.poll(isClosed).toBe(true)
    response.writeHead(503).end()
    expect((await answer).status).toBe(200)
  })

  it.each([
    ['api', 'libsql'],
    ['api --db postgres://localhost:1/none', 'pg'],
    ['demo', 'libsql'],
  ])('names in one line what "%s" needs besides', (line, driver) => {
    const { stderr, status } = zeroten(...line.split(' '), '--port', '0')
    expect(stderr).toMatch(new RegExp(`^zeroten: .*npm install ${driver}\\n$`))
    expect(status).toBe(1)
  })
})
