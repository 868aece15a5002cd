import { beforeEach, describe, expect, test, vi } from 'vitest'
import { prepare } from '../../../../src/widget/survey/index.js'
import type { PanelSettings } from '../../../../src/widget/survey/panel-types.js'
import { openPanel } from './open-panel.js'

const loadExtras = vi.fn(() => import('../../../../src/widget/survey/extras/extras.js'))
beforeEach(() => {
  loadExtras.mockClear()
})

const open = (settings: PanelSettings, score?: number) =>
  openPanel({
    settings: { language: 'en', ...settings },
    loadExtras,
    ...(score !== undefined && { draft: { score, text: 'It’s fine' } }),
  })

/** Sends the draft and lists the links that are offered then. */
async function linksAfter(settings: PanelSettings, score: number) {
  const page = await open(settings, score)
  page.find('[part~=send]').click()
  await vi.waitFor(() => page.find('[part~=thanks]'))
  return [...page.shadow.querySelectorAll<HTMLAnchorElement>('a')].map(link => [
    link.firstChild?.textContent,
    link.href,
  ])
}

describe('the chunk of what only some sites ask for', () => {
  test('is not asked for by a plain survey', async () => {
    await open({ form: 'popover', theme: 'dark', productName: 'Acme', thanks: 'Ta' })
    expect(loadExtras).not.toHaveBeenCalled()
  })

  test('that can’t be had leaves the question, as a bar', async () => {
    const page = await openPanel({
      settings: { language: 'en', form: 'modal', showOptOut: true },
      loadExtras: () => Promise.reject(new Error('offline')),
    })
    expect(page.find('.panel').classList).toContain('bar')
    expect(page.told.shown).toBe(1)
  })

  test('is fetched ahead with the words, and neither failing is told', async () => {
    const loadWords = vi.fn(() => Promise.reject(new Error('offline')))
    await prepare({ settings: { language: 'de', accent: 'red' }, loadWords, loadExtras })
    expect(loadExtras).toHaveBeenCalledOnce()
    expect(loadWords).toHaveBeenCalledWith('de')
  })
})

describe('opting out', () => {
  test('counts at once, says so, and is neither a decline nor an answer', async () => {
    const page = await open({ showOptOut: true })
    page.find('[part=opt-out]').click()
    expect(page.told.closed).toEqual(['opt_out'])
    expect(page.question()).toBe('We won’t ask you again.')
    page.find('[part=close]').click()
    expect(page.told.closed).toEqual(['opt_out'])
    await vi.waitFor(() => expect(page.host.isConnected).toBe(false))
  })

  test('the word that stays for a moment is taken off by stop()', async () => {
    const page = await open({ showOptOut: true })
    page.find('[part=opt-out]').click()
    page.panel.close('stop')
    expect(page.told.closed).toEqual(['opt_out'])
    await vi.waitFor(() => expect(page.host.isConnected).toBe(false))
  })

  test('is offered only where the site asks for it, and before a score', async () => {
    const without = await open({ accent: 'red' })
    expect(without.shadow.querySelector('[part=opt-out]')).toBeNull()
    const after = await open({ showOptOut: true }, 3)
    expect(after.shadow.querySelector('[part=opt-out]')).toBeNull()
  })
})

describe('the forms inside the page', () => {
  test.each(['modal', 'inline'] as const)('a %s is not announced as standing at the end', async form => {
    if (form === 'modal') HTMLDialogElement.prototype.showModal ??= () => undefined
    const page = await openPanel({ settings: { language: 'en', form }, loadExtras, container: document.body })
    vi.advanceTimersByTime(1000)
    expect(page.find('.panel').classList).toContain(form)
    expect(page.find('[role=status]').textContent).toBe('')
  })
})

describe('permission', () => {
  test.each([
    [false, { score: 9, text: 'It’s fine', share: false }],
    [true, { score: 9, text: 'It’s fine', share: true }],
  ])('is not ticked beforehand; ticked: %s', async (isTicked, answer) => {
    const page = await open({ askPermission: true, permissionLabel: 'Quote me' }, 9)
    const box = page.find<HTMLInputElement>('[type=checkbox]')
    expect(box.checked).toBe(false)
    expect(page.find('[part=permission]').textContent).toBe('Quote me')
    if (isTicked) box.click()
    page.find('[part~=send]').click()
    expect(page.told.answers).toEqual([answer])
  })

  test('that was not asked for is not answered', async () => {
    const page = await open({ accent: 'red' }, 9)
    page.find('[part~=send]').click()
    expect(page.told.answers).toEqual([{ score: 9, text: 'It’s fine' }])
  })
})

describe('the small print', () => {
  test('is text, with a link in a tab of its own', async () => {
    const page = await open({
      disclaimer: 'Kept <b>safe</b>.',
      disclaimerLinkUrl: 'https://example.com/privacy',
    })
    expect(page.find('[part=disclaimer]').textContent).toBe(
      'Kept <b>safe</b>. example.com (opens in a new tab)',
    )
    const link = page.find<HTMLAnchorElement>('a')
    expect([link.href, link.target, link.rel]).toEqual([
      'https://example.com/privacy',
      '_blank',
      'noopener noreferrer',
    ])
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:x', 'http://['])(
    'has no link to %s',
    async url => {
      const page = await open({ disclaimer: 'Kept safe.', disclaimerLinkUrl: url })
      expect(page.shadow.querySelector('a')).toBeNull()
    },
  )
})

describe('after sending', () => {
  test('the link of the class gets score and text where the site asks for them', async () => {
    const settings: PanelSettings = {
      thanksLinkUrl: {
        promoter: 'https://example.com/review?lang=en',
        detractor: 'https://example.com/help',
      },
      thanksLinkText: { promoter: 'Review us' },
      linkScoreParameter: 'wootric_score',
      linkCommentParameter: 'wootric_comment',
    }
    expect(await linksAfter(settings, 9)).toEqual([
      ['Review us', 'https://example.com/review?lang=en&wootric_score=9&wootric_comment=It%E2%80%99s+fine'],
    ])
    expect(await linksAfter(settings, 3)).toEqual([
      ['example.com', 'https://example.com/help?wootric_score=3&wootric_comment=It%E2%80%99s+fine'],
    ])
    expect(await linksAfter(settings, 7)).toEqual([])
  })

  test('nothing is added to a link unless asked', async () => {
    expect(await linksAfter({ thanksLinkUrl: 'https://example.com/' }, 9)).toEqual([
      ['example.com', 'https://example.com/'],
    ])
  })

  test('promoters, and nobody else, are invited to share', async () => {
    const settings: PanelSettings = { facebookPage: 'acme', twitterAccount: '@acme' }
    expect(await linksAfter(settings, 9)).toEqual([
      [
        'Share on Facebook',
        'https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fwww.facebook.com%2Facme',
      ],
      ['Share on X', 'https://x.com/intent/post?text=It%E2%80%99s%20fine%20%40acme'],
    ])
    expect(await linksAfter(settings, 8)).toEqual([])
  })

  test('an address that is none costs its link alone', async () => {
    expect(await linksAfter({ facebookPage: 'http://[', thanksLinkUrl: 'http://[' }, 9)).toEqual([])
  })

  test('the text of the class is told', async () => {
    const page = await open({ thanks: { promoter: 'Hooray!' }, thanksText: 'We read all.' }, 10)
    page.find('[part~=send]').click()
    await vi.waitFor(() => expect(page.question()).toBe('Hooray!'))
    expect(page.find('[part=thanks-text]').textContent).toBe('We read all.')
  })
})
