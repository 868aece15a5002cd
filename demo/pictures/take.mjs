/** Takes the README's picture anew from the built demo: `node demo/pictures/take.mjs`. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { findChromium } from '../../test/support/find-chromium.mjs'

const file = path => fileURLToPath(new URL(path, import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'zeroten-picture-'))
const demo = spawn(process.execPath, [file('../../dist/cli.js'), 'demo', '--port', '0'], { cwd: folder })
const url = await new Promise(resolve => {
  demo.stdout.on('data', text => {
    const found = /listening on (\S+)/.exec(text)
    if (found) resolve(found[1])
  })
})

const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
await page.goto(url)
await page.getByRole('radio', { name: /^9\b/ }).check()
await page.getByRole('checkbox', { name: 'Offline' }).check()
await page.getByRole('navigation').getByRole('link', { name: 'Workshop' }).click()
await page.getByText('page view of /workshop').waitFor()
await page.getByRole('textbox').fill('The van was there before my coffee.')
await page.screenshot({ path: file('survey.png') })

await browser.close()
demo.kill()
await rm(folder, { recursive: true })
