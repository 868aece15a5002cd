import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchBrowser } from '../support/launch-browser.js'
import { letTimePass } from '../support/let-time-pass.js'
import { openPage } from '../support/open-page.js'
import { startStack } from '../support/stack.js'

const PACKAGE = join(import.meta.dirname, '../../dist/widget')
const ENTRIES = ['index.js', 'survey.js']

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

/** What a bundler would leave of the package, as modules under two paths: the second copy is another build's. */
const modules = Object.fromEntries(
  readdirSync(PACKAGE)
    .filter(name => name.endsWith('.js'))
    .flatMap(name =>
      ['/app/', '/other/'].map(folder => [folder + name, readFileSync(join(PACKAGE, name), 'utf8')]),
    ),
)

async function visit(files: Record<string, string> = {}, attributes = '') {
  const stack = await startStack(onTestFinished, {
    site: {
      attributes,
      files: { '/app': '<!doctype html><title>App</title><h1>App</h1>', ...modules, ...files },
      policy: '',
    },
  })
  const opened = await openPage(onTestFinished, browser)
  await opened.page.clock.install()
  await opened.page.goto(`${stack.site.url}/app`)
  const viewed = async () => (await stack.records()).pageViews.map(({ url }) => new URL(url ?? '').pathname)
  return { ...stack, ...opened, viewed }
}

/** Runs a module's code in the page; `createWidget` starts in an automated browser too. */
const run = <T>(page: Page, code: string) =>
  page.evaluate<T>(`(async () => {
    const { createWidget: create } = await import('/app/index.js')
    const createWidget = settings => create({ allowBots: true, autoSurvey: false, timeDelay: 0, ...settings })
    ${code}
  })()`)

describe('importing the package', () => {
  it.each(ENTRIES)('does nothing in Node, where there is no window: %s', entry => {
    const script = `
      const before = Reflect.ownKeys(globalThis).length
      const entry = await import(${JSON.stringify(pathToFileURL(join(PACKAGE, entry)).href)})
      const { createServer } = await import('node:net')
      console.log(JSON.stringify({
        added: Reflect.ownKeys(globalThis).length - before,
        exports: Object.keys(entry),
        handles: process.getActiveResourcesInfo().filter(name => name === 'Timeout'),
      }))`
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(JSON.parse(printed)).toMatchObject({ added: 0, handles: [] })
    expect(JSON.parse(printed).exports.length).toBeGreaterThan(0)
  })

  it('gives a server a widget that does nothing, whatever it is told, and lets it end', () => {
    const script = `
      const { createWidget } = await import(${JSON.stringify(pathToFileURL(join(PACKAGE, 'index.js')).href)})
      const before = Reflect.ownKeys(globalThis).length
      const widget = createWidget({ productName: 'Kestrel', identityToken: 'a.b.c' })
      const off = widget.on('response', () => undefined)
      off()
      for (const call of ['page', 'identify', 'reset', 'configure', 'survey', 'event', 'consent', 'preview', 'stop'])
        widget[call]({})
      const answers = [await widget.explain(), await widget.queue.inspect(), await widget.queue.resend(), await widget.forget()]
      console.log(JSON.stringify({ added: Reflect.ownKeys(globalThis).length - before, answers }))`
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(JSON.parse(printed)).toEqual({
      added: 0,
      answers: [
        {
          survey: false,
          gates: [{ gate: 'running', open: false, value: 'no page', sentence: expect.any(String) }],
        },
        { waiting: [], failed: [], attempts: 0 },
        0,
        null,
      ],
    })
  })

  it.each(ENTRIES)('does nothing in a worker: %s', async entry => {
    const { page, complaints } = await visit({
      '/worker.js': `
        const before = Object.getOwnPropertyNames(self)
        import('/app/${entry}').then(entry => postMessage([Object.keys(entry).length, Object.getOwnPropertyNames(self).length - before.length]))`,
    })
    const [exported, added] = await page.evaluate<[number, number]>(
      "new Promise(resolve => { new Worker('/worker.js', { type: 'module' }).onmessage = ({ data }) => resolve(data) })",
    )
    expect(exported).toBeGreaterThan(0)
    expect(added).toBe(0)
    expect(complaints).toEqual([])
  })

  it('does nothing in a page: no global, no request, no listener, nothing stored', async () => {
    const { page, site } = await visit()
    const found = await page.evaluate(`(async () => {
      const keys = () => [Reflect.ownKeys(window).length, localStorage.length]
      const listened = []
      EventTarget.prototype.addEventListener = (original => function (...args) { listened.push(args[0]); return original.apply(this, args) })(EventTarget.prototype.addEventListener)
      const { pushState } = history
      const before = keys()
      await import('/app/index.js')
      await import('/app/survey.js')
      return { added: keys().map((count, index) => count - before[index]), listened, isSame: history.pushState === pushState,
        databases: (await indexedDB.databases()).length }
    })()`)
    expect(found).toEqual({ added: [0, 0], listened: [], isSame: true, databases: 0 })
    await letTimePass(page)
    expect(site.batches).toEqual([])
  })
})

describe('a bundler', () => {
  const bundle = async (contents: string) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: PACKAGE },
      outdir: '/bundle',
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      write: false,
      metafile: true,
      logLevel: 'error',
    })
    const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'))?.contents ?? Buffer.from('')
    /** The entry and what it imports from the start. */
    const initial = new Set<string>()
    const follow = (name: string) => {
      initial.add(name)
      for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
        if (kind === 'import-statement' && !initial.has(path)) follow(path)
    }
    follow(Object.keys(metafile.outputs).find(name => name.endsWith('stdin.js')) ?? '')
    const atStart = outputFiles
      .filter(({ path }) => [...initial].some(name => path.endsWith(name.replace(/^.*\//, '/'))))
      .map(({ text }) => text)
      .join('\n')
    return { entry: Buffer.from(entry), atStart, brotliBytes: brotliCompressSync(atStart).length }
  }

  it('leaves nothing of an import that is not used', async () => {
    for (const name of ['zeroten', 'zeroten/survey']) {
      expect(String((await bundle(`import '${name}'`)).entry)).toBe('')
    }
  })

  it('puts the core into the app, and the survey, its words and the diagnostics into chunks of their own', async () => {
    const { atStart, brotliBytes } = await bundle("import { createWidget } from 'zeroten'; createWidget()")
    expect(atStart).toMatch(/indexedDB/)
    expect(atStart).not.toMatch(/attachShadow|textarea|How likely/)
    expect(brotliBytes).toBeLessThan(8_300)
  })

  it('puts the survey into the app where the app hands it over, and languages and rare forms still into chunks', async () => {
    const { atStart, brotliBytes } = await bundle(
      "import { createWidget } from 'zeroten'; import * as survey from 'zeroten/survey'; createWidget({}, { survey })",
    )
    expect(atStart).toMatch(/attachShadow/)
    expect(atStart).toMatch(/How likely/)
    expect(atStart).not.toMatch(/Wie wahrscheinlich|sharer\.php/)
    expect(brotliBytes).toBeLessThan(18_000)
  })
})

describe('createWidget', () => {
  it('records a page view, asks and delivers the answer, without a tag', async () => {
    const { page, records, complaints } = await visit()
    await run(page, "createWidget({ autoSurvey: true, productName: 'Kestrel', language: 'de' })")
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.getByRole('textbox').fill('schön')
    await page.locator('[part~=send]').click()
    await expect.poll(async () => (await records()).responses.length).toBe(1)
    expect((await records()).responses).toMatchObject([{ score: 9, text: 'schön' }])
    expect((await records()).pageViews).toHaveLength(1)
    expect(await page.evaluate("'zeroten' in window")).toBe(false)
    expect(complaints).toEqual([])
  })

  it('is not harmed by variables of the page that have the names of globals', async () => {
    // Without those that Playwright's own clock needs.
    const hide = [
      'URL',
      'fetch',
      'Blob',
      'navigator',
      'indexedDB',
      'localStorage',
      'crypto',
      'URLSearchParams',
    ]
    const { page, records, complaints } = await visit({
      '/app': `<!doctype html><title>App</title><h1>App</h1><script>{
        const script = document.createElement('script')
        script.textContent = ${JSON.stringify(hide.map(name => `let ${name} = 'hidden'`).join(';'))}
        document.head.append(script)
      }</script><script type="module">
        import { createWidget } from '/app/index.js'
        createWidget({ allowBots: true, timeDelay: 0 })
      </script>`,
    })
    await page.getByRole('radio', { name: /^9/ }).check()
    await page.locator('[part~=send]').click()
    await expect.poll(async () => (await records()).responses.map(({ score }) => score)).toEqual([9])
    expect((await records()).pageViews).toHaveLength(1)
    expect(complaints).toEqual([])
  })

  it("survives React's StrictMode, which mounts, unmounts and mounts at once: one page view", async () => {
    const { page, site, viewed } = await visit()
    await run(page, 'createWidget().stop(); const widget = createWidget(); window.widget = widget')
    await expect.poll(viewed).toEqual(['/app'])
    await letTimePass(page)
    const events = site.acts()
    expect(events).toHaveLength(1)
    // It went out as a first attempt: nothing of the first mount lay in the store.
    expect(events[0]?.tried).toBeUndefined()
  })

  it('starts again on the same page without counting it again, and counts the next', async () => {
    const { page, viewed } = await visit()
    await run(page, 'window.widget = createWidget()')
    await expect.poll(viewed).toEqual(['/app'])
    await run(
      page,
      "window.widget.stop(); window.widget = createWidget(); history.pushState({}, '', '/next')",
    )
    await expect.poll(viewed).toEqual(['/app', '/next'])
  })

  it('gives the one that is there to whoever asks, a hot-reloaded copy and the tag too, with the later settings', async () => {
    const { page, site, viewed } = await visit()
    const isOne = await run<boolean[]>(
      page,
      `const first = createWidget({ productName: 'Kestrel' })
       const second = createWidget()
       const { createWidget: other } = await import('/other/index.js')
       const third = other({ productName: 'Merlin' })
       const tag = document.createElement('script')
       tag.dataset.allowBots = ''
       tag.src = '/zeroten/widget.js'
       await new Promise(resolve => { tag.onload = resolve; document.head.append(tag) })
       zeroten('survey')
       return [first === second, second === third]`,
    )
    expect(isOne).toEqual([true, true])
    await page.getByText('recommend Merlin').first().waitFor()
    expect(await page.locator('zeroten-panel').count()).toBe(1)
    await expect.poll(viewed).toEqual(['/app'])
    expect(site.acts()).toHaveLength(1)
  })

  it('keeps who is here, where the second who asks does not say', async () => {
    const { page, site } = await visit()
    await run(page, "createWidget({ email: 'ada@example.com' }); createWidget({ language: 'fr' })")
    await expect.poll(() => site.batches.length).toBeGreaterThan(0)
    expect(site.batches[0]?.identity?.email).toBe('ada@example.com')
  })

  it('changes who is here where it does say', async () => {
    const { page, site } = await visit()
    await run(
      page,
      "createWidget({ email: 'ada@example.com' }); createWidget({ email: 'grace@example.com' })",
    )
    await expect.poll(() => site.batches.at(-1)?.identity?.email).toBe('grace@example.com')
  })

  it('does not mind a frozen object of settings, nor change it', async () => {
    const { page, complaints } = await visit()
    const kept = await run<string>(
      page,
      `const settings = Object.freeze({ allowBots: true, autoSurvey: false, productName: 'Kestrel' })
       create(settings).configure({ productName: 'Merlin' })
       return settings.productName`,
    )
    expect(kept).toBe('Kestrel')
    expect(complaints).toEqual([])
  })
})
