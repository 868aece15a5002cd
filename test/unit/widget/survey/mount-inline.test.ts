import { expect, onTestFinished, test, vi } from 'vitest'
import { mountInline } from '../../../../src/widget/survey/index.js'

const mount = async (options: Parameters<typeof mountInline>[1]) => {
  vi.useFakeTimers()
  const element = document.createElement('div')
  document.body.append(element)
  const panel = await mountInline(element, options)
  onTestFinished(() => {
    panel.close('stop')
    vi.runOnlyPendingTimers()
    element.remove()
  })
  const shadow = element.querySelector('zeroten-panel')?.shadowRoot as ShadowRoot
  return { element, panel, find: (selector: string) => shadow.querySelector(selector) as HTMLElement }
}

test('shows the survey in the element, in the language asked for, and hands over the answer', async () => {
  const answers: object[] = []
  const { find } = await mount({
    settings: { productName: 'Acme', language: 'de' },
    onSubmit: answer => {
      answers.push(answer)
    },
  })
  expect(find('#q').textContent).toContain('Acme')
  expect(find('[part=panel]').lang).toBe('de')
  find('[value="8"]').click()
  // The steps after the question come while it is read.
  await vi.waitFor(() => find('[part=send]').click())
  expect(answers).toEqual([{ score: 8, text: '' }])
})

test('closing it leaves the element as it was', async () => {
  const reasons: string[] = []
  const { element, panel } = await mount({ onClose: reason => reasons.push(reason) })
  panel.close('stop')
  vi.runOnlyPendingTimers()
  expect(element.childNodes).toHaveLength(0)
  expect(reasons).toEqual(['stop'])
})
