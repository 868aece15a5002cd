import { describe, expect, test, vi } from 'vitest'
import { openPanel } from './open-panel.js'

describe('the question', () => {
  test('names the product and whom to recommend it to', async () => {
    const { question } = await openPanel({
      settings: { language: 'en', productName: 'Acme <b>', recommendTarget: 'your dentist' },
    })
    expect(question()).toBe('How likely are you to recommend Acme <b> to your dentist?')
  })

  test('asks about "us" where the site named no product', async () => {
    const { question } = await openPanel()
    expect(question()).toBe('How likely are you to recommend us to a friend or colleague?')
  })

  test("is the site's own where it has one, with the names that it asks for, in whatever language", async () => {
    const ask = async (settings: object) => {
      const { question, panel } = await openPanel({ settings: { language: 'en', ...settings } })
      const asked = question()
      panel.close('stop')
      return asked
    }
    expect(await ask({ question: 'Well, {target}: {product}?', productName: 'Acme <b>' })).toBe(
      'Well, a friend or colleague: Acme <b>?',
    )
    expect(await ask({ question: 'Would you <i>come</i> again in {month}?' })).toBe(
      'Would you <i>come</i> again in {month}?',
    )
    expect(await ask({ question: 'האם תמליץ על {product}?', productName: 'Acme!' })).toBe(
      'האם תמליץ על \u2068Acme!\u2069?',
    )
    expect(await ask({ question: '', productName: 'Acme' })).toBe(
      'How likely are you to recommend Acme to a friend or colleague?',
    )
  })

  test('is spoken and names the choices in the words of the site too', async () => {
    const { shadow, find } = await openPanel({ settings: { language: 'en', question: 'Well?' } })
    vi.advanceTimersByTime(1000)
    expect(find('[role=status]').textContent).toContain('Well?')
    expect(shadow.getElementById(find('[role=radiogroup]').getAttribute('aria-labelledby') ?? '')).toBe(
      find('#q'),
    )
  })

  test('offers eleven radios in one named group, each of which says what the ends mean', async () => {
    const { shadow, find } = await openPanel()
    const radios = [...shadow.querySelectorAll('input[type=radio]')]
    expect(radios.map(radio => radio.getAttribute('value'))).toEqual([...Array(11).keys()].map(String))
    expect(new Set(radios.map(radio => radio.getAttribute('name'))).size).toBe(1)
    expect(find('[role=radiogroup]').getAttribute('aria-labelledby')).toBe('q')
    expect(radios[9]?.getAttribute('aria-label')).toBe('9, 0 is not at all likely, 10 is extremely likely')
  })

  test('tells once that it is shown', async () => {
    const { told } = await openPanel()
    expect(told).toMatchObject({ shown: 1, scores: [], closed: [] })
  })
})

describe('choosing', () => {
  test.each([
    [10, 'Wonderful! What do you like most?'],
    [9, 'Wonderful! What do you like most?'],
    [8, 'Thank you. What could we do better?'],
    [7, 'Thank you. What could we do better?'],
    [6, 'Thank you for being frank. What should we improve?'],
    [0, 'Thank you for being frank. What should we improve?'],
  ])('%i leads to the follow-up of its class', async (score, followUp) => {
    const page = await openPanel()
    page.radio(score).click()
    expect(page.told.scores).toEqual([score])
    expect(page.followUp()).toBe(followUp)
    expect(page.radio(score).checked).toBe(true)
  })

  test('may be changed, and every change is told', async () => {
    const page = await openPanel()
    page.radio(3).click()
    page.type('hm')
    page.radio(9).click()
    page.radio(9).click()
    expect(page.told.scores).toEqual([3, 9])
    expect(page.followUp()).toBe('Wonderful! What do you like most?')
    expect(page.find<HTMLTextAreaElement>('textarea').value).toBe('hm')
  })

  test('takes the words of the site for the class, then for all, then those of the language', async () => {
    const page = await openPanel({
      settings: { language: 'en', followUp: { promoter: 'Why so fond?', all: 'Why?', detractor: '' } },
    })
    const heard = [9, 7, 2].map(score => {
      page.radio(score).click()
      return page.followUp()
    })
    expect(heard).toEqual(['Why so fond?', 'Why?', 'Why?'])
  })
})

describe('sending', () => {
  test('sends score and text and says thank you when they are stored', async () => {
    const page = await openPanel()
    page.radio(8).click()
    page.type('nice')
    page.find('[part~=send]').click()
    await vi.waitFor(() => expect(page.question()).toBe('Thank you for your answer!'))
    expect(page.told).toMatchObject({ texts: ['nice'], answers: [{ score: 8, text: 'nice' }], closed: [] })
    page.find('[part~=close]').click()
    expect(page.told.closed).toEqual(['response'])
  })

  test('sends once however often the button is pressed', async () => {
    const page = await openPanel()
    page.radio(8).click()
    page.find('[part~=send]').click()
    page.find('[part~=send]').click()
    await vi.waitFor(() => expect(page.question()).toBe('Thank you for your answer!'))
    expect(page.told.answers).toHaveLength(1)
  })

  test('says so when the answer could not be kept, and lets one send again', async () => {
    let attempts = 0
    const page = await openPanel({
      onSubmit: async () => {
        attempts++
        if (attempts === 1) throw new Error('full')
      },
    })
    page.radio(8).click()
    page.type('nice')
    page.find('[part~=send]').click()
    await vi.waitFor(() => expect(page.shadow.textContent).toContain('That did not work. Please try again.'))
    expect(page.find<HTMLTextAreaElement>('textarea').value).toBe('nice')
    page.find('[part~=send]').click()
    await vi.waitFor(() => expect(page.question()).toBe('Thank you for your answer!'))
  })
})

describe('leaving', () => {
  test('before a score is a decline', async () => {
    const page = await openPanel()
    page.find('[part~=close]').click()
    page.find('[part~=close]').click()
    expect(page.told.closed).toEqual(['decline'])
    await vi.waitFor(() => expect(page.host.isConnected).toBe(false))
  })

  test('after a score lets the score count', async () => {
    const page = await openPanel()
    page.radio(5).click()
    page.type('not sent')
    expect(page.press(page.find('textarea'), 'Escape')).toBe(true)
    expect(page.told.closed).toEqual(['score'])
    expect(page.told.answers).toEqual([])
  })

  test('by stop() is neither, and happens once', async () => {
    const page = await openPanel()
    page.panel.close('stop')
    page.panel.close('decline')
    expect(page.told.closed).toEqual(['stop'])
    await vi.waitFor(() => expect(page.host.isConnected).toBe(false))
  })
})

describe('a draft', () => {
  test('opens at the follow-up with its score and text, and tells no score again', async () => {
    const page = await openPanel({ draft: { score: 9, text: 'So far' } })
    expect(page.radio(9).checked).toBe(true)
    expect(page.find<HTMLTextAreaElement>('textarea').value).toBe('So far')
    expect(page.told.scores).toEqual([])
    page.find('[part~=close]').click()
    expect(page.told.closed).toEqual(['score'])
  })
})

describe('keys inside the panel', () => {
  const oneThen = (second: string, afterMs: number) => async () => {
    const page = await openPanel()
    const base = 1000
    const at = (key: string, time: number) => {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true })
      Object.defineProperty(event, 'timeStamp', { value: time })
      page.radio(0).dispatchEvent(event)
    }
    at('1', base)
    at(second, base + afterMs)
    return page.told.scores
  }

  test('a digit chooses', async () => {
    const page = await openPanel()
    page.press(page.radio(0), '7')
    expect(page.told.scores).toEqual([7])
  })

  test('1 and 0 within a second and a half are ten', async () => {
    expect(await oneThen('0', 1_500)()).toEqual([1, 10])
  })

  test('1 and 0 further apart are one, then zero', async () => {
    expect(await oneThen('0', 1_501)()).toEqual([1, 0])
  })

  test('digits in the text are text', async () => {
    const page = await openPanel({ draft: { score: 3, text: '' } })
    expect(page.press(page.find('textarea'), '9')).toBe(false)
    expect(page.told.scores).toEqual([])
  })

  test('digits with a modifier are the page’s and the browser’s', async () => {
    const page = await openPanel()
    expect(page.press(page.radio(0), '7', { ctrlKey: true })).toBe(false)
    expect(page.told.scores).toEqual([])
  })

  test('a digit is known by its place where the layout types another sign', async () => {
    const page = await openPanel()
    page.press(page.radio(0), '۸', { code: 'Digit8' })
    expect(page.told.scores).toEqual([8])
  })

  test.each([
    ['Numpad7', 'Home'],
    ['Numpad4', 'ArrowLeft'],
    ['Numpad5', 'Clear'],
    ['Numpad0', 'Insert'],
    ['Numpad9', 'PageUp'],
    ['NumpadDecimal', 'Delete'],
  ])('%s of a number pad without NumLock chooses nothing', async (code, key) => {
    const page = await openPanel()
    page.press(page.radio(3), key, { code })
    expect(page.told.scores).toEqual([])
  })

  test.each([
    ['Numpad7', '7'],
    ['Numpad7', '۷'],
  ])('%s of a number pad that types %s chooses seven', async (code, key) => {
    const page = await openPanel()
    page.press(page.radio(3), key, { code })
    expect(page.told.scores).toEqual([7])
  })

  test('a score that was typed is spoken before its follow-up', async () => {
    const page = await openPanel()
    page.press(page.radio(0), '1')
    vi.advanceTimersByTime(1_000)
    expect(page.find('[role=status]').textContent).toBe(
      '1. Thank you for being frank. What should we improve?',
    )
    page.press(page.radio(1), '0')
    vi.advanceTimersByTime(1_000)
    expect(page.find('[role=status]').textContent).toBe('10. Wonderful! What do you like most?')
  })

  test('arrows move and choose nothing', async () => {
    const page = await openPanel()
    page.radio(4).focus()
    expect(page.press(page.radio(4), 'ArrowRight')).toBe(true)
    expect(page.shadow.activeElement).toBe(page.radio(5))
    page.press(page.radio(5), 'ArrowUp')
    expect(page.shadow.activeElement).toBe(page.radio(4))
    page.press(page.radio(4), 'End')
    page.press(page.radio(10), 'ArrowDown')
    expect(page.shadow.activeElement).toBe(page.radio(10))
    expect(page.told.scores).toEqual([])
    page.press(page.radio(10), 'Enter')
    expect(page.told.scores).toEqual([10])
  })

  test('do not reach the page', async () => {
    const seen: string[] = []
    const listen = (event: Event) => seen.push(event.type)
    for (const type of ['keydown', 'click', 'input', 'paste']) document.addEventListener(type, listen)
    const page = await openPanel()
    page.press(page.radio(0), '7')
    page.radio(2).click()
    page.type('x')
    for (const type of ['keydown', 'click', 'input', 'paste']) document.removeEventListener(type, listen)
    expect(page.told.scores).toEqual([7, 2])
    expect(seen).toEqual([])
  })
})

describe('the live region', () => {
  test('is there before its message, and speaks of the question, the follow-up and thanks in turn', async () => {
    const page = await openPanel()
    const live = page.find('[role=status]')
    expect(live.textContent).toBe('')
    vi.advanceTimersByTime(1000)
    expect(live.textContent).toBe(
      'We have a question for you, at the end of this page: How likely are you to recommend us to a friend or colleague?',
    )
    page.radio(10).click()
    vi.advanceTimersByTime(1000)
    expect(live.textContent).toBe('Wonderful! What do you like most?')
    page.find('[part~=send]').click()
    await vi.advanceTimersByTimeAsync(1000)
    expect(live.textContent).toBe('Thank you for your answer!')
  })
})

describe('after an opening at the follow-up', () => {
  test('the live region says that there is a question, and which', async () => {
    const page = await openPanel({ draft: { score: 9, text: '' } })
    vi.advanceTimersByTime(1000)
    expect(page.find('[role=status]').textContent).toBe(
      'We have a question for you, at the end of this page: Wonderful! What do you like most?',
    )
  })
})

describe('a language', () => {
  test('is English when its words can’t be had', async () => {
    const { question, find } = await openPanel({ settings: { language: 'de' } })
    expect(question()).toContain('How likely')
    expect(find('.panel').lang).toBe('en')
  })

  test('that runs from right to left turns the panel and the arrow keys', async () => {
    const { words } = await import('../../../../src/widget/locales/en.js')
    const page = await openPanel({ settings: { language: 'ar' }, loadWords: async () => words })
    expect(page.find('.panel').dir).toBe('rtl')
    page.press(page.radio(4), 'ArrowLeft')
    expect(page.shadow.activeElement).toBe(page.radio(5))
    page.press(page.radio(5), 'ArrowUp')
    expect(page.shadow.activeElement).toBe(page.radio(4))
  })
})
