import type { ReportAnswer, ScoreAnswer, SegmentsAnswer, SeriesAnswer } from './report.js'

/** A period in figures: its score, the score over time, and by segment where it was split. */
export interface Figures {
  report: ReportAnswer
  series: SeriesAnswer
  segments: SegmentsAnswer | undefined
}

const HEAD = ['part', 'from', 'to', 'value', 'n', 'nps', 'low', 'high', 'promoters', 'passives', 'detractors']

type Cell = string | number | null

/** The figures as rows of a table, with their head: one for the period, one a bucket, one a segment. */
export function figureRows({ report, series, segments }: Figures): Cell[][] {
  const row = (part: string, [start, end]: [string, string], value: string, score: ScoreAnswer): Cell[] => [
    part,
    start,
    end,
    value,
    score.n,
    score.nps,
    score.interval?.[0] ?? null,
    score.interval?.[1] ?? null,
    score.promoters,
    score.passives,
    score.detractors,
  ]
  const whole: [string, string] = [report.period.start, report.period.end]
  return [
    HEAD,
    row('period', whole, '', report.score),
    ...series.buckets.map(({ start, end, score }) => row(series.unit, [start, end], '', score)),
    ...(segments?.segments ?? []).map(({ value, score }) => row(segments?.by ?? '', whole, value, score)),
  ]
}
