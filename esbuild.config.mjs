/**
 * Builds `dist/` from `src/`:
 *
 * - `dist/browser/` what a page loads from `{base}/`: `widget.js`, and chunks with hashed names beside unhashed aliases,
 *   each with its `.br` and `.gz`, and `files.json`, the list of them that the proxy serves by
 * - `dist/widget/`  the same for bundlers (`import 'zeroten'`)
 * - `dist/*.js`     the server entries and the command
 * - `dist/report/`  the page of the figures, `/report`
 * - `dist/demo/`    the demo's server and its site
 *
 * `node esbuild.config.mjs --meta` also writes the metafiles to `dist/meta/`, for the tests that look inside bundles.
 */
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build, transform } from 'esbuild'
import { minify } from 'terser'
import { inlineCss } from './inline-css.mjs'
import { packFiles } from './packed-files.mjs'
import { precomputeLocales } from './precompute-locales.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const wantsMeta = process.argv.includes('--meta')

/** What is the same for every bundle. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [inlineCss, precomputeLocales({ byUrl: false })],
  jsx: 'automatic',
  jsxImportSource: 'preact',
}
/**
 * Names of properties that live in the page's memory alone, and their letters. Core and chunks share objects, and a page may
 * load a chunk of a newer build: so the letters are committed, and a released name keeps its own.
 */
const shortNames = JSON.parse(await readFile(join(root, 'short-names.json'), 'utf8'))
const forBrowser = {
  mangleProps: new RegExp(`^(${Object.keys(shortNames).join('|')})$`),
  mangleCache: shortNames,
}
const forPage = { ...shared, platform: 'browser', target: 'es2021', minify: true, write: false }
const forNode = {
  ...shared,
  platform: 'node',
  target: 'node20.19',
  // Smaller by a twentieth, and the frames of an error still tell their lines.
  minifySyntax: true,
  // Database drivers are optional peers; the CLI names the command that installs a missing one. The demo imports the
  // package by its own name, as a user would.
  external: ['libsql', 'pg', 'pg-native', 'zeroten/*'],
  // CommonJS libraries that we bundle call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
}

/** Why these names: no path that a page sees may match a block list (see ARCHITECTURE.md). */
const chunkEntries = async () => {
  // English is inside the panel; the others are not words.
  const notChunks = ['en.ts', 'messages.ts', 'language.ts', 'registry.ts']
  const locales = (await readdir(join(root, 'src/widget/locales'))).filter(
    name => name.endsWith('.ts') && !notChunks.includes(name),
  )
  return {
    courier: 'src/widget/courier/courier.ts',
    panel: 'src/widget/survey/panel-chunk.ts',
    scheduler: 'src/widget/survey-flow/scheduler.ts',
    drafts: 'src/widget/survey-flow/left-behind.ts',
    steps: 'src/widget/survey/answer-steps.tsx',
    extras: 'src/widget/survey/extras/extras.tsx',
    diagnostics: 'src/widget/diagnostics/diagnostics.ts',
    problems: 'src/widget/diagnostics/problems.ts',
    compat: 'src/widget/wootric/compat.ts',
    notes: 'src/widget/diagnostics/notes.ts',
    ...Object.fromEntries(
      locales.map(name => [`words-${basename(name, '.ts')}`, `src/widget/locales/${name}`]),
    ),
  }
}

const metafiles = {}

/** What no script of a page can hide or replace, and what is no variable. */
const OWN_NAMES = new Set([
  'window',
  'globalThis',
  'document',
  'location',
  'undefined',
  'NaN',
  'Infinity',
  'arguments',
])
/** `var URL` replaces the one and leaves the other (https://url.spec.whatwg.org/#url-class). */
const SECOND_NAMES = { URL: 'webkitURL' }

/** The globals of a text, each by a way that a page's own `const` or `class` of that name does not stand in. */
async function reachGlobals(text, page = 'window') {
  const parsed = await minify(text, {
    module: true,
    compress: false,
    mangle: false,
    format: { ast: true, code: false },
  })
  parsed.ast.figure_out_scope({ module: true })
  const names = [...parsed.ast.globals.keys()].filter(name => !OWN_NAMES.has(name))
  return Object.fromEntries(names.map(name => [name, `${page}.${SECOND_NAMES[name] ?? name}`]))
}

/** The members of the document in a text, each by its prototype. */
const reachMembers = text =>
  Object.fromEntries(
    [...text.matchAll(/(?<![.\w$])document\??\.(\w+)/g)]
      .filter(([, name]) => name !== 'location')
      .map(([, name]) => [`document.${name}`, `ownDocument.${name}`]),
  )
const OWN_DOCUMENT = 'src/widget/boot/own-document.ts'
/** Preact makes its elements by the document that the parent names. */
const preactByOwnDocument = {
  name: 'preact-by-own-document',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/preact\/.*\.m?js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/\b\w+\.ownerDocument\b/g, 'ownDocument'),
    }))
  },
}

async function bundle(name, options) {
  const result = await build(options)
  metafiles[name] = result.metafile
  return result.outputFiles ?? []
}

/** A file for the page: what esbuild's minifier leaves, terser makes smaller by another 8 % after compression. */
async function bundleForPage(name, options) {
  const plugins = [inlineCss, precomputeLocales({ byUrl: true }), preactByOwnDocument]
  const all = { ...forPage, ...forBrowser, plugins, ...options }
  const [draft] = await bundle(name, all)
  const members = reachMembers(draft.text)
  // Preact names it itself, also where no code of ours in its chunk names the document.
  const inject = Object.keys(members)[0] || /\bownDocument\b/.test(draft.text) ? [OWN_DOCUMENT] : []
  const [named] = await bundle(name, { ...all, inject, define: { ...all.define, ...members } })
  const define = { ...all.define, ...members, ...(await reachGlobals(named.text)) }
  const [output] = await bundle(name, { ...all, inject, define })
  // As methods of `window` they do the same, and esbuild's brackets only keep `this` away.
  const text = output.text.replace(
    /(\w?)\(0, ?(window\.\w+)\)\(/g,
    (_, before, method) => `${before && `${before} `}${method}(`,
  )
  const compress = { passes: 3, pure_getters: true, inline: 1 }
  const { code } = await minify(text, { module: true, ecma: 2021, compress })
  return code
}

const hashOf = (...texts) =>
  createHash('sha256').update(texts.join('')).digest('base64url').replace(/[-_]/g, '').slice(0, 8)

/** The files of `dist/browser/`: name → text, with `hashed` naming those that never change. */
async function browserFiles() {
  const chunks = []
  for (const [name, entry] of Object.entries(await chunkEntries())) {
    chunks.push({ name, text: await bundleForPage(name, { entryPoints: [entry] }) })
  }
  // One hash for all of them, so that the core need not list forty.
  const build = hashOf(...chunks.map(({ text }) => text))
  const define = { ...shared.define, __BUILD__: JSON.stringify(build) }
  const tags = []
  for (const [name, entry] of Object.entries({ widget: 'script', named: 'named' })) {
    const core = await bundleForPage(name, { entryPoints: [`src/widget/${entry}.ts`], define })
    // esbuild's own `iife` format turns import() into a require() that throws, so the ESM output is wrapped here. What it
    // throws at its start, in a browser that lacks something, is nothing to the page.
    tags.push({ name, text: `(()=>{try{${core.trimEnd()}}catch{}})();\n` })
  }
  const hashed = new Map([
    ...tags.map(({ name, text }) => [`${name}-${hashOf(text)}.js`, text]),
    ...chunks.map(({ name, text }) => [`${name}-${build}.js`, text]),
  ])
  // An open page may ask for a chunk of the last build: the alias answers when the hashed name is gone.
  const aliases = new Map([...tags, ...chunks].map(({ name, text }) => [`${name}.js`, text]))
  return { files: new Map([...hashed, ...aliases]), hashed }
}

async function writeBrowser() {
  const folder = join(root, 'dist/browser')
  await mkdir(folder, { recursive: true })
  const { files, hashed } = await browserFiles()
  const list = []
  for (const [name, text] of files) {
    const bytes = Buffer.from(text)
    const br = await promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    })
    const gz = await promisify(gzip)(bytes, { level: 9 })
    await writeFile(join(folder, name), bytes)
    await writeFile(join(folder, `${name}.br`), br)
    await writeFile(join(folder, `${name}.gz`), gz)
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
    list.push({
      name,
      immutable: hashed.has(name),
      integrity,
      bytes: bytes.length,
      brotliBytes: br.length,
      gzipBytes: gz.length,
    })
    if (/^(widget|named)-/.test(name)) process.stdout.write(`${name} integrity="${integrity}"\n`)
  }
  await writeFile(join(folder, 'files.json'), `${JSON.stringify({ version, files: list }, null, 2)}\n`)
}

async function writeWidget() {
  const options = {
    ...shared,
    platform: 'browser',
    target: 'es2021',
    splitting: true,
    outdir: 'dist/widget',
    entryPoints: { index: 'src/widget/index.ts', survey: 'src/widget/survey/index.ts' },
    chunkNames: 'part-[hash]',
  }
  const drafts = await bundle('npm', { ...options, write: false })
  const define = { ...options.define }
  // `globalThis` is there on a server, too, and no script of a page stands in its way.
  for (const { text } of drafts) Object.assign(define, await reachGlobals(text, 'globalThis'))
  await bundle('npm', { ...options, define })
  // The parts do nothing when they are imported, so an import for that alone only has bundlers warn of it.
  const folder = join(root, 'dist/widget')
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    await writeFile(join(folder, name), text.replace(/^import ".\/part-\w+\.js";\n/gm, ''))
  }
}

async function writeServer() {
  await bundle('server', {
    ...forNode,
    plugins: [packFiles(join(root, 'dist/browser'))],
    splitting: true,
    outdir: 'dist',
    entryPoints: {
      'proxy-node': 'src/proxy/node/index.ts',
      api: 'src/api/index.ts',
      cli: 'src/cli/cli.ts',
      'demo/server': 'demo/server/index.ts',
    },
    chunkNames: 'shared-[hash]',
  })
  // Client and proxy on their own run where there is no Node (Workers, Deno, Bun): no banner, nothing of Node's.
  await bundle('portable', {
    ...shared,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    // Else lru-cache asks for node:diagnostics_channel.
    conditions: ['browser'],
    splitting: true,
    outdir: 'dist',
    entryPoints: { client: 'src/client/index.ts', proxy: 'src/proxy/index.ts' },
    chunkNames: 'portable-[hash]',
  })
}

async function writeDemo() {
  const site = join(root, 'dist/demo/site')
  await cp(join(root, 'demo/site'), site, {
    recursive: true,
    filter: path => path !== join(root, 'demo/site/console') && !path.endsWith('tsconfig.json'),
  })
  await bundle('console', {
    ...forPage,
    write: true,
    format: 'iife',
    outfile: join(site, 'console.js'),
    entryPoints: ['demo/site/console/index.tsx'],
  })
}

/** The page of the figures: one script, one sheet, and the page that names them. */
async function writeReport() {
  const folder = join(root, 'dist/report')
  await mkdir(folder, { recursive: true })
  const [script] = await bundle('report', { ...forPage, entryPoints: ['src/report/index.tsx'] })
  const { code } = await minify(script.text, { module: true, ecma: 2022, compress: { passes: 2 } })
  const css = await readFile(join(root, 'src/report/report.css'), 'utf8')
  const sheet = await transform(css, { loader: 'css', minify: true })
  const page = await readFile(join(root, 'src/report/index.html'), 'utf8')
  const names = { js: `report-${hashOf(code)}.js`, css: `report-${hashOf(sheet.code)}.css` }
  const files = {
    'index.html': page.replace('report.js', names.js).replace('report.css', names.css),
    [names.js]: code,
    [names.css]: sheet.code,
    'mark.svg': await readFile(join(root, 'src/report/mark.svg'), 'utf8'),
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text)
    await writeFile(join(folder, `${name}.br`), await promisify(brotliCompress)(Buffer.from(text)))
  }
}

/** Licences of what was bundled, as they ask to be kept. */
async function writeNotices() {
  const packages = new Set()
  for (const { inputs } of Object.values(metafiles)) {
    for (const path of Object.keys(inputs)) {
      const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)
      if (found) packages.add(found[1])
    }
  }
  const notices = []
  for (const name of [...packages].sort()) {
    const folder = join(root, 'node_modules', name)
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const licence = (await readdir(folder)).find(file => /^licen[cs]e/i.test(file))
    const text = licence ? await readFile(join(folder, licence), 'utf8') : ''
    notices.push(`${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`)
  }
  await writeFile(join(root, 'dist/NOTICES.txt'), notices.join(`\n${'-'.repeat(78)}\n\n`))
}

// `types/` is of tsc, which keeps it in step; of everything else, files of the last build would be packed along.
for (const name of await readdir(join(root, 'dist')).catch(() => [])) {
  if (name !== 'types') await rm(join(root, 'dist', name), { recursive: true })
}
await writeBrowser()
await Promise.all([writeWidget(), writeServer(), writeDemo(), writeReport()])
await writeNotices()
if (wantsMeta) {
  await mkdir(join(root, 'dist/meta'), { recursive: true })
  for (const [name, meta] of Object.entries(metafiles)) {
    await writeFile(join(root, 'dist/meta', `${name}.json`), JSON.stringify(meta))
  }
}
