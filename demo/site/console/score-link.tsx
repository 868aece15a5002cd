import { useState } from 'preact/hooks'
import { Section } from './section.js'

/** The way to the figures, and answers to have some at once. */
export function ScoreLink() {
  const [told, setTold] = useState('')
  async function invent() {
    setTold('Inventing …')
    const response = await fetch('/demo/seed', { method: 'POST' }).catch(() => undefined)
    const answer: { told?: string } = response?.ok ? await response.json() : {}
    setTold(answer.told ?? 'That failed.')
  }
  return (
    <Section title="The score">
      <div class="buttons">
        <button type="button" onClick={invent}>
          Invent 5,000 answers
        </button>
        <a href="/report">See the score</a>
      </div>
      <p role="status">{told}</p>
    </Section>
  )
}
