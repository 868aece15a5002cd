/** Bytes of what a page loads, against the budgets; the README's table is made here and nowhere else. */
import { readFileSync } from 'node:fs'

/**
 * Largest allowed brotli size, in bytes; kB is 1,000. The first that matches counts, and a file that none matches may
 * not be in the build.
 */
const BUDGETS = [
  // The aim is 3,400.
  { matches: /^widget\.js$/, bytes: 7_100, what: '`widget.js`: all that a page view needs, once a page' },
  {
    matches: /^panel\.js$/,
    bytes: 6_900,
    what: 'the survey’s question with styles and English, when it is shown',
  },
  {
    matches: /^steps\.js$/,
    bytes: 5_800,
    what: 'follow-up and thanks with Preact, while the question is read',
  },
  { matches: /^named\.js$/, bytes: 7_100, what: '`named.js`: the same for pages that use Wootric’s names' },
  {
    matches: /^courier\.js$/,
    // The aim is 4,400.
    bytes: 7_300,
    what: 'delivery where something went wrong, and of responses: when it comes up, once a release',
  },
  {
    matches: /^scheduler\.js$/,
    bytes: 4_900,
    what: 'drafts, journal, impressions and when to ask, beside the survey',
  },
  {
    matches: /^drafts\.js$/,
    bytes: 1_800,
    what: 'what an earlier page left of a survey: a score, or a response that a crash held up',
  },
  {
    matches: /^extras\.js$/,
    bytes: 2_600,
    what: 'the survey’s rarer forms and steps, where a site uses them',
  },
  {
    matches: /^diagnostics\.js$/,
    bytes: 4_600,
    what: '`inspect`, `resend`, `explain`, `forget`: when they come up',
  },
  {
    matches: /^notes\.js$/,
    bytes: 1_900,
    what: 'what a page’s settings do not mean, where it wants to be told (`debug`)',
  },
  {
    matches: /^problems\.js$/,
    bytes: 1_000,
    what: 'what a site has to mend, told: tokens that are not believed, refused requests; fetches tokens',
  },
  { matches: /^compat\.js$/, bytes: 3_000, what: 'Wootric’s names, on pages that use them' },
  { matches: /^words-[a-z-]+\.js$/, bytes: 600, what: 'one language' },
]

const root = new URL('../../', import.meta.url)

/** Files of `dist/browser`, each name without its hash once: what it weighs and what it may weigh. */
export function measureFiles() {
  const { files } = JSON.parse(readFileSync(new URL('dist/browser/files.json', root), 'utf8'))
  return files
    .filter(({ immutable }) => !immutable)
    .map(({ name, bytes, gzipBytes, brotliBytes }) => {
      const budget = BUDGETS.find(({ matches }) => matches.test(name))
      return { name, bytes, gzipBytes, brotliBytes, budget: budget?.bytes ?? 0, what: budget?.what }
    })
    .sort((a, b) => a.name.localeCompare(b.name))
}

const kilobytes = bytes => `${(bytes / 1_000).toFixed(2)} kB`

/** The lines of the README's table: one a budget, the largest file where it is about many. */
export function sizeTable() {
  const files = measureFiles()
  const rows = BUDGETS.map(({ matches, bytes, what }) => {
    const sizes = files.filter(({ name }) => matches.test(name)).map(file => file.brotliBytes)
    return { what, bytes, count: sizes.length, largest: Math.max(...sizes) }
  })
  return [
    '| what a page loads | brotli | budget |',
    '| --- | --- | --- |',
    ...rows
      .filter(({ count }) => count > 0)
      .map(
        ({ what, bytes, count, largest }) =>
          `| ${what}${count > 1 ? `, the largest of ${count}` : ''} | ${kilobytes(largest)} | ${kilobytes(bytes)} |`,
      ),
  ].join('\n')
}
