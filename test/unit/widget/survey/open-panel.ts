import { onTestFinished, vi } from 'vitest'
import { showPanel } from '../../../../src/widget/survey/index.js'
import type { CloseReason, PanelOptions } from '../../../../src/widget/survey/panel-types.js'

/** Opens a panel on a faked clock, with callbacks that write down what they were told; it goes at the end of the test. */
export async function openPanel(options: Partial<PanelOptions> = {}) {
  if (!vi.isFakeTimers()) vi.useFakeTimers()
  const told = {
    shown: 0,
    scores: [] as number[],
    texts: [] as string[],
    answers: [] as Parameters<PanelOptions['onSubmit']>[0][],
    closed: [] as CloseReason[],
  }
  let steps: Promise<unknown> | undefined
  const panel = await showPanel({
    loadAnswerSteps: () => {
      const loading = import('../../../../src/widget/survey/answer-steps.js')
      steps = loading
      return loading
    },
    settings: { language: 'en' },
    loadWords: async () => {
      throw new Error('no words here')
    },
    onShow: () => told.shown++,
    onScore: score => told.scores.push(score),
    onText: text => told.texts.push(text),
    onSubmit: async answer => {
      told.answers.push(answer)
    },
    onClose: reason => told.closed.push(reason),
    ...options,
  })
  // They come after the frame in which the question is seen.
  await vi.advanceTimersByTimeAsync(50)
  await steps
  await vi.advanceTimersByTimeAsync(0)
  const host = [...document.querySelectorAll('zeroten-panel')].at(-1) as HTMLElement
  const shadow = host.shadowRoot as ShadowRoot
  onTestFinished(() => {
    panel.close('stop')
    vi.runOnlyPendingTimers()
  })
  const find = <T extends Element = HTMLElement>(selector: string): T => {
    const element = shadow.querySelector<T>(selector)
    if (!element) throw new Error(`nothing matches ${selector}`)
    return element
  }
  return {
    panel,
    told,
    host,
    shadow,
    find,
    radio: (score: number) => find<HTMLInputElement>(`input[value="${score}"]`),
    question: () => find('#q').textContent,
    followUp: () => shadow.querySelector('[part~="follow-up"]')?.textContent,
    type(text: string) {
      const field = find<HTMLTextAreaElement>('textarea')
      field.value = text
      field.dispatchEvent(new Event('input', { bubbles: true, composed: true }))
    },
    /** A key as the browser sends it to what has the focus; true where its own effect was prevented. */
    press(target: Element, key: string, init: KeyboardEventInit = {}) {
      const event = new KeyboardEvent('keydown', {
        key,
        bubbles: true,
        composed: true,
        cancelable: true,
        ...init,
      })
      return !target.dispatchEvent(event)
    },
  }
}
