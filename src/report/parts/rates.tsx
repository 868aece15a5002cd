import type { RatesAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'

const RATES = [
  ['answered', 'shown → answered'],
  ['closed', 'shown → closed'],
  ['neither', 'shown → neither'],
] as const

/** What came of each time the survey was visible. */
export function Rates({ rates, lag, format }: { rates: RatesAnswer; lag: string; format: Format }) {
  return (
    <section class="card rates" aria-labelledby="rates">
      <h2 id="rates">Rates</h2>
      {rates.shown === 0 ? (
        <p class="quiet">
          No impression was recorded in this time. They come with the widget of this version: one each time
          the survey was really visible.
        </p>
      ) : (
        <>
          <p class="lead">
            Shown <strong>{format.count(rates.shown)}</strong> times
          </p>
          <dl>
            {RATES.map(([name, words]) => (
              <div key={name}>
                <dt>{words}</dt>
                <dd>
                  <strong>{format.percent(rates[name] / rates.shown)}</strong> {format.count(rates[name])}
                </dd>
                <dd class="bar" aria-hidden="true">
                  <i class={name} style={{ inlineSize: `${(rates[name] / rates.shown) * 100}%` }} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {lag !== '' && <p class="note">{lag}</p>}
    </section>
  )
}
