import type { Explanation } from 'zeroten'
import { Section } from './section.js'

const GATES: Readonly<Record<string, string>> = {
  running: 'the script runs',
  consent: 'consent',
  opt_out: 'no opt-out',
  moment: 'the right moment',
  page_views_recorded: 'page views recorded',
  proxy: 'the proxy’s rules',
  first_survey: 'days since sign-up',
  resurvey_response: 'days since an answer',
  resurvey_decline: 'days since a refusal',
  sampling: 'chosen by lot',
  page_views: 'page views before',
  properties: 'properties',
}

export function GateList({ gates }: { gates: Explanation['gates'] }) {
  // Page and proxy both look at consent and opt-out; the proxy's word is the last.
  const latest = [...new Map(gates.map(one => [one.gate, one])).values()]
  return (
    <Section title="Why the question comes, or does not">
      <ul>
        {latest.map(({ gate, open, value, needed }) => (
          <li key={gate}>
            <span>{open ? 'yes' : 'no'}</span>
            <span>
              {GATES[gate] ?? gate}
              {value !== undefined && value !== null && `: ${value}`}
              {needed !== undefined && needed !== null && needed !== value && `, needed ${needed}`}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
