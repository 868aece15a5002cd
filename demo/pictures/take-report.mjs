/**
 * Takes the report's pictures from the built demo: `npm run picture:report`. With `--into FOLDER` they go there, with the
 * printed page beside them.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { findChromium } from '../../test/support/find-chromium.mjs'

const given = process.argv.indexOf('--into')
const into = given < 0 ? import.meta.dirname : process.argv[given + 1]
const folder = await mkdtemp(join(tmpdir(), 'zeroten-picture-'))
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const demo = spawn(process.execPath, [cli, 'demo', '--port', '0'], { cwd: folder })
const url = await new Promise(resolve => {
  demo.stdout.on('data', text => {
    const found = /listening on (\S+)/.exec(text)
    if (found) resolve(found[1])
  })
})
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] })

/** Opens the report of who has signed in. */
async function open({ hash = '', ...look }) {
  const page = await browser.newPage({ reducedMotion: 'reduce', locale: 'en-GB', ...look })
  await page.goto(`${url}/report${hash}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Net Promoter Score' }).waitFor()
  await page.waitForFunction(() => !document.querySelector('.busy, .skeleton'))
  return page
}

async function take(name, { fullPage = false, ...look }) {
  const page = await open(look)
  await page.screenshot({ path: join(into, `${name}.png`), fullPage })
  return page
}

const desk = { width: 1240, height: 1000 }
const signIn = await browser.newPage({ viewport: { width: 800, height: 700 } })
await signIn.goto(`${url}/report`)
if (given >= 0) await signIn.screenshot({ path: join(into, 'report-sign-in.png') })
await take('report-empty', { viewport: { width: 1240, height: 760 } })
await signIn.request.post(`${url}/demo/seed`, { timeout: 0 })
await take('report', { viewport: desk, colorScheme: 'light' })
await take('report-dark', { viewport: { width: 1240, height: 1500 }, colorScheme: 'dark' })
await take('report-phone', { viewport: { width: 390, height: 1500 }, colorScheme: 'light' })
await take('report-small', {
  hash: '#range=30d&f.properties.plan=enterprise&f.language=fr',
  viewport: { width: 1240, height: 760 },
})
if (given >= 0) {
  const whole = await take('report-whole', { viewport: desk, fullPage: true })
  await whole.pdf({ path: join(into, 'report.pdf'), format: 'A4', printBackground: true })
  await take('report-arabic', { viewport: desk, locale: 'ar-EG', fullPage: true })
  await take('report-narrow', { viewport: { width: 320, height: 900 }, fullPage: true })
}

await browser.close()
demo.kill()
await rm(folder, { recursive: true })
