/**
 * `npm run gallery`: every form × theme × direction × width × step, and every language on a phone, as screenshots of the
 * minified survey on one HTML page, `test/gallery/index.html`. To be looked at; nothing is compared with it.
 * `npm run gallery -- --pictures` takes the README's four instead, into `demo/pictures/`.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { show, startPanelSite } from './panel-site.mjs'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'test/gallery')

const css = `
  body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: #222; background: #f7f7f5 }
  body.dark { color: #ddd; background: #121316 }
  main { max-width: 42em; margin: auto; padding: 1.5em } h1 { line-height: 1.2 } p { margin: 0 0 1em }`
const text = 'We packed the autumn boxes on Monday, and the first of them are on their way. '
const html = `<main><h1>Autumn boxes</h1><p>${text.repeat(2)}</p><div id="slot"></div><p>${text.repeat(6)}</p></main>`

const widths = [
  { name: 'phone 320', viewport: { width: 320, height: 568 }, isMobile: true, hasTouch: true },
  { name: 'phone 390', viewport: { width: 390, height: 700 }, isMobile: true, hasTouch: true },
  { name: 'desktop', viewport: { width: 1100, height: 640 } },
]
const looks = ['en', 'ar'].flatMap(language => ['light', 'dark'].map(theme => ({ language, theme })))
const steps = ['question', 'follow-up', 'thanks']

/** Settings that show the parts which not every site has. */
const variants = [
  {
    title: 'accent',
    accent: '#0f766e',
    showOptOut: true,
    disclaimer: 'We keep your answer for a year.',
    disclaimerLinkUrl: '/privacy',
    disclaimerLinkText: 'Privacy',
  },
  { title: 'three colours, compact', scaleColor: 'three', density: 'compact', askPermission: true },
  {
    title: 'gradient, spacious',
    scaleColor: 'gradient',
    density: 'spacious',
    askPermission: true,
    closePosition: 'start',
  },
  {
    title: 'dark gradient',
    scaleColor: 'gradient',
    theme: 'dark',
    accent: '#facc15',
    thanksText: 'We read every word.',
    thanksLinkUrl: 'https://example.com/review',
    thanksLinkText: 'Write a review',
    facebookPage: 'acme',
  },
]

const PICTURES = [
  {
    file: 'bar-light.png',
    viewport: { width: 900, height: 420 },
    settings: { form: 'bar' },
    step: 'question',
  },
  {
    file: 'popover-dark.png',
    viewport: { width: 520, height: 420 },
    settings: { form: 'popover', theme: 'dark' },
    step: 'follow-up',
  },
  {
    file: 'arabic.png',
    viewport: { width: 520, height: 420 },
    settings: { form: 'popover', language: 'ar', accent: '#0f766e' },
    step: 'follow-up',
  },
  {
    file: 'phone.png',
    viewport: { width: 320, height: 568 },
    isMobile: true,
    hasTouch: true,
    settings: { form: 'bar', scaleColor: 'gradient' },
    step: 'question',
  },
]

const languages = (await readdir(join(root, 'src/widget/locales')))
  .filter(name => !['registry.ts', 'language.ts', 'messages.ts'].includes(name))
  .map(name => name.replace('.ts', ''))

const site = await startPanelSite()

/** @type {{ section: string, title: string, file: string, width: number }[]} */
const shots = []

/** Shows a panel, takes it to a step, and keeps what is seen. */
async function shoot(page, path, settings, step) {
  const draft = step === 'question' ? undefined : { score: 9, text: step === 'thanks' ? 'All of it' : '' }
  await page.evaluate(dark => document.body.classList.toggle('dark', dark), settings.theme === 'dark')
  await show(page, { productName: 'Acme', ...settings }, { container: '#slot', ...(draft && { draft }) })
  if (step === 'thanks') {
    await page.locator('[part=send]').click()
    await page.locator('[part~=thanks]').waitFor()
  }
  await page.screenshot({ path })
  await page.evaluate('panel.close("stop"); document.querySelector("zeroten-panel").remove()')
}

async function add(page, section, title, settings, step) {
  const file = `${shots.length}.png`
  await shoot(page, join(folder, file), settings, step)
  shots.push({ section, title, file, width: page.viewportSize()?.width ?? 0 })
}

if (process.argv.includes('--pictures')) {
  for (const { file, settings, step, ...context } of PICTURES) {
    const page = await site.open(html, { css, ...context })
    await shoot(page, join(root, 'demo/pictures', file), settings, step)
  }
  await site.close()
  process.exit()
}

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

for (const { name, ...context } of widths) {
  const page = await site.open(html, { css, ...context })
  for (const form of ['bar', 'popover', 'modal', 'inline']) {
    for (const look of looks) {
      for (const step of steps) {
        await add(
          page,
          `${form}, ${name}`,
          `${look.language}, ${look.theme}, ${step}`,
          { ...look, form },
          step,
        )
      }
    }
    for (const { title, ...settings } of variants) {
      for (const step of steps)
        await add(page, `${form}, ${name}`, `${title}, ${step}`, { ...settings, form }, step)
    }
  }
  if (name === 'phone 320') {
    for (const language of languages) {
      for (const step of ['question', 'follow-up']) {
        await add(
          page,
          'languages',
          `${language}, ${step}`,
          { language, showOptOut: true, askPermission: true },
          step,
        )
      }
    }
  }
  await page.close()
}
await site.close()

/** @type {Map<string, typeof shots>} */
const sections = new Map()
for (const shot of shots) sections.set(shot.section, [...(sections.get(shot.section) ?? []), shot])
const figure = ({ file, title, width }) =>
  `<figure><img loading="lazy" src="${file}" width="${Math.round(width / 1.5)}" alt=""><figcaption>${title}</figcaption></figure>`
await writeFile(
  join(folder, 'index.html'),
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The survey, in every look</title><style>
    body { margin: 2em; font: 14px/1.4 system-ui, sans-serif; background: #e5e5e5 } section { display: flex; flex-wrap: wrap; gap: 1em }
    figure { margin: 0 } img { display: block; box-shadow: 0 1px 6px #0003 } figcaption { padding: .25em 0 1em }
  </style></head><body><h1>The survey, in every look</h1>${[...sections]
    .map(([section, list]) => `<h2>${section}</h2><section>${list.map(figure).join('')}</section>`)
    .join('')}</body></html>\n`,
)
process.stdout.write(`${shots.length} screenshots: test/gallery/index.html\n`)
