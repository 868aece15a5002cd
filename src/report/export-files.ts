import { type Figures, figureRows } from '../wire/figure-rows.js'
import type { CommentAnswer, CommentsAnswer } from '../wire/report.js'
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

/** The figures that are on the page. */
export const figuresCsv = (figures: Figures): string => figureRows(figures).map(csvRow).join('')

const PAGE = 200

const COMMENT_COLUMNS = [
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
]

const commentRow = (one: CommentAnswer): string =>
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
  ])

/** All comments that match, page by page. */
export async function commentsCsv(
  session: Session,
  query: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress(done: number, total: number): void },
): Promise<string> {
  const rows = [csvRow(COMMENT_COLUMNS)]
  for (let offset = 0; ; offset += PAGE) {
    const { total, comments } = await session.get<CommentsAnswer>(
      `/v1/report/comments?${query}&offset=${offset}&per_page=${PAGE}`,
      signal,
    )
    for (const one of comments) rows.push(commentRow(one))
    onProgress(offset + comments.length, total)
    if (comments.length < PAGE) return rows.join('')
  }
}
