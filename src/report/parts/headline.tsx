import type { ReportAnswer, ScoreAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'

interface IntervalBarProps {
  score: ScoreAnswer
  format: Format
  /** What the bar goes from and to. */
  least?: number
  most?: number
}

/** A score as a dot within its interval. */
export function IntervalBar({ score, format, least = -100, most = 100 }: IntervalBarProps) {
  if (score.nps === null || score.interval === null) return null
  const [low, high] = score.interval
  const along = (value: number): number => ((value - least) / (most - least)) * 100
  return (
    <div class="interval" aria-hidden="true">
      {least < 0 && most > 0 && <i class="zero" style={{ insetInlineStart: `${along(0)}%` }} />}
      <i
        class="range"
        style={{ insetInlineStart: `${along(low)}%`, inlineSize: `${along(high) - along(low)}%` }}
      />
      <i class="mark" style={{ insetInlineStart: `${along(score.nps)}%` }} />
      <span class="least">{format.score(least)}</span>
      <span class="most">{format.score(most)}</span>
    </div>
  )
}

const COMPARED = { previous: 'the period before', year: 'a year earlier', none: '' } as const

function Change({ report, format, compare }: HeadlineProps) {
  const { change, previous } = report
  if (!change || !previous) return null
  const against = `${COMPARED[compare]}, ${format.date(previous.start)} to ${format.date(
    new Date(Date.parse(previous.end) - 1).toISOString(),
  )}`
  if (change.verdict === 'too_few' || change.points === null || previous.score.nps === null)
    return (
      <p class="change">
        <span class="chip">too few to compare</span> with {against}
      </p>
    )
  if (change.verdict === 'none')
    return (
      <p class="change">
        <span class="chip">no change that n can show</span> from {format.score(previous.score.nps)} in{' '}
        {against}
      </p>
    )
  const words = change.verdict === 'up' ? 'up' : 'down'
  return (
    <p class="change">
      <span class={`chip ${change.verdict}`}>
        <span aria-hidden="true">{change.verdict === 'up' ? '▲' : '▼'}</span> {words}{' '}
        {format.points(Math.round(change.points))}
      </span>{' '}
      from {format.score(previous.score.nps)} in {against}
    </p>
  )
}

interface HeadlineProps {
  report: ReportAnswer
  format: Format
  compare: 'previous' | 'year' | 'none'
}

/** The score with its interval, or why there is none. */
export function Headline(props: HeadlineProps) {
  const { report, format } = props
  const { score } = report
  return (
    <section class="card headline" aria-labelledby="score">
      <h2 id="score">Net Promoter Score</h2>
      {score.sufficiency === 'none' || score.nps === null || score.interval === null ? (
        <TooFew report={report} format={format} />
      ) : (
        <>
          <p class="score">{format.score(score.nps)}</p>
          <IntervalBar score={score} format={format} />
          <p class="how">
            Between <strong>{format.score(score.interval[0])}</strong> and{' '}
            <strong>{format.score(score.interval[1])}</strong>, from {format.count(score.n)} responses.{' '}
            <abbr title="95 % confidence interval by the adjusted Wald method (Rocks 2016): ¾ is added to promoters and detractors, 3 to n">
              95 %, adjusted Wald
            </abbr>
            {score.sufficiency === 'few' && ' – too few to compare.'}
          </p>
          <Change {...props} />
        </>
      )}
      <Classes score={score} format={format} />
    </section>
  )
}

function TooFew({ report, format }: Pick<HeadlineProps, 'report' | 'format'>) {
  const { score, total } = report
  if (total === 0)
    return (
      <div class="empty">
        <p class="lead">No responses yet.</p>
        <ol>
          <li>
            Put the tag on your site: <code>{'<script defer src="/zeroten/widget.js"></script>'}</code>
          </li>
          <li>
            Bring what you have: <code>zeroten import csv FILE</code>
          </li>
          <li>
            Or see what this page looks like: <code>zeroten api seed</code>
          </li>
        </ol>
      </div>
    )
  return (
    <div class="empty">
      <p class="lead">{score.n === 0 ? 'No responses here.' : `${format.count(score.n)} of 10 responses.`}</p>
      <p>
        {score.n === 0
          ? 'Choose a longer time, or take a filter away.'
          : 'Fewer than ten say next to nothing, so there is no score. Choose a longer time, or take a filter away.'}
      </p>
    </div>
  )
}

const NAMES = ['detractors', 'passives', 'promoters'] as const

function Classes({ score, format }: { score: ScoreAnswer; format: Format }) {
  if (score.n === 0) return null
  return (
    <div class="classes">
      <div class="class-bar" aria-hidden="true">
        {NAMES.map(name => (
          <i key={name} class={name} style={{ flexGrow: score[name] }} />
        ))}
      </div>
      <dl>
        {NAMES.map(name => (
          <div key={name}>
            <dt>
              <i class={`swatch ${name}`} aria-hidden="true" /> {name}
            </dt>
            <dd>
              {format.percent(score[name] / score.n)} <span>{format.count(score[name])}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
