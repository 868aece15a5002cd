import type { CommentsAnswer, ReportAnswer, SegmentsAnswer, SeriesAnswer } from '../wire/report.js'
import { csvRow } from './csv-cell.js'
import type { Session } from './session.js'

/** Hands a file to the browser. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** What is on the page. */
export interface Figures {
  report: ReportAnswer
  series: SeriesAnswer
  segments: SegmentsAnswer | undefined
}

const HEAD = ['part', 'from', 'to', 'value', 'n', 'nps', 'low', 'high', 'promoters', 'passives', 'detractors']

/** One row for the period, one a bucket, one a segment. */
export function figuresCsv({ report, series, segments }: Figures): string {
  const row = (part: string, start: string, end: string, value: string, score: ReportAnswer['score']) =>
    csvRow([
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
    ])
  const { start, end } = report.period
  return [
    csvRow(HEAD),
    row('period', start, end, '', report.score),
    ...series.buckets.map(bucket => row(series.unit, bucket.start, bucket.end, '', bucket.score)),
    ...(segments?.segments ?? []).map(({ value, score }) =>
      row(segments?.by ?? '', start, end, value, score),
    ),
  ].join('')
}

const PAGE = 200

/** All comments that match, page by page. */
export async function commentsCsv(
  session: Session,
  query: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number, total: number): void },
): Promise<string> {
  const rows = [
    csvRow([
      'id',
      'created_at',
      'score',
      'text',
      'end_user',
      'level',
      'form',
      'language',
      'device',
      'properties',
    ]),
  ]
  for (let offset = 0; ; offset += PAGE) {
    const { total, comments } = await session.get<CommentsAnswer>(
      `/v1/report/comments?${query}&offset=${offset}&per_page=${PAGE}`,
      signal,
    )
    for (const one of comments)
      rows.push(
        csvRow([
          one.id,
          one.created_at,
          one.score,
          one.text,
          one.end_user.email ?? String(one.end_user.id),
          one.level,
          one.form,
          one.language,
          one.device,
          JSON.stringify(one.properties),
        ]),
      )
    onProgress(offset + comments.length, total)
    if (comments.length < PAGE) return rows.join('')
  }
}
