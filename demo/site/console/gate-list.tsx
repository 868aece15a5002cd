import type { Explanation } from 'zeroten'
import { describeGate } from './gate-words.js'
import { Section } from './section.js'

export function GateList({ gates }: { gates: Explanation['gates'] }) {
  // Page and proxy both look at consent and opt-out; the proxy's word is the last.
  const latest = [...new Map(gates.map(one => [one.gate, one])).values()]
  const closed = latest.filter(({ open }) => !open).length
  return (
    <Section title="Why the question comes, or does not">
      <p>
        {closed === 0
          ? 'Every gate is open: the question comes.'
          : `${closed} of ${latest.length} gates ${closed === 1 ? 'is' : 'are'} closed: no question.`}
      </p>
      <ul>
        {latest
          .toSorted((a, b) => Number(a.open) - Number(b.open))
          .map(gate => (
            <li key={gate.gate} class={gate.open ? 'open' : 'closed'}>
              <span>{gate.open ? 'open' : 'closed'}</span>
              <span>{describeGate(gate)}</span>
            </li>
          ))}
      </ul>
    </Section>
  )
}
