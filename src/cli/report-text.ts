import type { Figures } from '../wire/figure-rows.js'
import type { ReportAnswer, ScoreAnswer, SegmentsAnswer } from '../wire/report.js'

const BARS = '▁▂▃▄▅▆▇█'

const signed = (points: number): string => {
  const rounded = Math.round(points)
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : '0'
}

const count = (n: number): string => n.toLocaleString('en')

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / Math.max(1, whole))} %`

const interval = ({ interval: found }: ScoreAnswer): string =>
  found ? `${signed(found[0])} to ${signed(found[1])}` : '–'

/** A score, or why there is none. */
const scoreText = ({ nps, sufficiency }: ScoreAnswer): string =>
  nps === null || sufficiency === 'none' ? '–' : signed(nps)

/** One character a bucket, between the lowest and the highest score; a dot where there are too few responses. */
function sparkline(buckets: readonly { score: ScoreAnswer }[]): string {
  const scores = buckets.map(({ score }) => (score.sufficiency === 'none' ? null : score.nps))
  const known = scores.filter(nps => nps !== null)
  const [low, high] = [Math.min(...known), Math.max(...known)]
  return scores
    .map(nps => {
      if (nps === null) return '·'
      const place = high === low ? 0.5 : (nps - low) / (high - low)
      return BARS[Math.min(BARS.length - 1, Math.floor(place * BARS.length))]
    })
    .join('')
}

function changeText({ change, previous }: ReportAnswer): string | undefined {
  if (!change || !previous) return undefined
  const against = `the period before (${previous.start.slice(0, 10)} on)`
  if (change.verdict === 'too_few' || change.points === null) return `too few to compare with ${against}`
  if (change.verdict === 'none')
    return `no change that n can show from ${scoreText(previous.score)} in ${against}`
  return `${change.verdict} ${Math.abs(Math.round(change.points))} from ${scoreText(previous.score)} in ${against}`
}

/** The figures as lines for a terminal. */
export function reportText({ report, series, segments }: Figures): string[] {
  const { score, rates, period, time_zone } = report
  const last = new Date(Date.parse(period.end) - 1).toISOString().slice(0, 10)
  const lines = [`${period.start.slice(0, 10)} to ${last}, ${time_zone}`, '']
  if (report.total === 0)
    return [...lines, 'No responses yet. zeroten import brings some; zeroten api seed invents them.']
  if (score.sufficiency === 'none')
    lines.push(`NPS –  ${count(score.n)} responses: fewer than 10 say next to nothing`)
  else
    lines.push(
      `NPS ${scoreText(score)}  ${interval(score)} (95 %, adjusted Wald)${
        score.sufficiency === 'few' ? ', too few to compare' : ''
      }`,
    )
  lines.push(
    `${count(score.n)} responses: ${percent(score.promoters, score.n)} promoters, ${percent(
      score.passives,
      score.n,
    )} passives, ${percent(score.detractors, score.n)} detractors`,
  )
  const change = changeText(report)
  if (change) lines.push(change)
  lines.push('', `${sparkline(series.buckets)}  by ${series.unit}`)
  if (rates.shown > 0)
    lines.push(
      '',
      `shown ${count(rates.shown)}: answered ${percent(rates.answered, rates.shown)}, closed ${percent(
        rates.closed,
        rates.shown,
      )}, neither ${percent(rates.neither, rates.shown)}`,
    )
  if (segments) lines.push('', ...segmentLines(segments))
  return lines
}

function segmentLines({ by, segments, others }: SegmentsAnswer): string[] {
  const rows = [
    [by, 'NPS', 'interval', 'responses'],
    ...segments.map(({ value, score }) => [
      value || 'not known',
      scoreText(score),
      score.sufficiency === 'none' ? 'too few' : interval(score),
      count(score.n),
    ]),
  ]
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => [...(row[column] ?? '')].length)))
  const pad = (cell: string, column: number) => {
    const blanks = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length))
    return column === 0 ? cell + blanks : blanks + cell
  }
  return [
    ...rows.map(row => row.map(pad).join('   ').trimEnd()),
    ...(others > 0 ? [`and ${count(others)} responses of other values`] : []),
  ]
}
