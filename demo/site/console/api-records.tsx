import type { Records } from '../../server/records.js'
import { Section } from './section.js'

export function ApiRecords({ records }: { records: Records | undefined }) {
  if (!records) return null
  const { endUsers, pageViews, responses, declines, latest } = records
  const counts = { 'end users': endUsers, views: pageViews, answers: responses, refusals: declines }
  return (
    <Section title="What the API holds now">
      <dl>
        {Object.entries(counts).map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <ul>
        {latest.map(({ id, score, text, who, at }) => (
          <li key={id}>
            <strong>{score}</strong>
            <span>
              {text ?? 'no words'}
              <p>
                {who}, {new Date(at).toLocaleString('en-GB')}
              </p>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
