import * as v from 'valibot'
import type {
  CommentsAnswer,
  ReportAnswer,
  ReportParameters,
  ReportUnit,
  SegmentsAnswer,
  SeriesAnswer,
} from '../wire/report.js'
import type { RequestOptions } from './client.js'
import { encodeQuery } from './encode.js'
import { type Parse, ShapeError } from './parse-record.js'
import type { Sender } from './send.js'

/** The figures of zeroten's own API; other services answer 404. */
export interface ReportResources {
  /** Score, interval, distribution, change and rates of a period. */
  get(
    parameters?: ReportParameters & { compare?: 'previous' | 'year' | 'none' },
    options?: RequestOptions,
  ): Promise<ReportAnswer>
  /** The score over time. */
  series(
    parameters?: ReportParameters & { unit?: ReportUnit },
    options?: RequestOptions,
  ): Promise<SeriesAnswer>
  /** The score by a property, or by level, form, language, device or text. */
  segments(parameters: ReportParameters & { by: string }, options?: RequestOptions): Promise<SegmentsAnswer>
  /** What people wrote, newest first. */
  comments(
    parameters?: ReportParameters & { search?: string; offset?: number; per_page?: number },
    options?: RequestOptions,
  ): Promise<CommentsAnswer>
}

const Score = v.looseObject({ n: v.number(), nps: v.nullable(v.number()) })

/** What tells an answer of this API from that of something else; the rest is taken as the API describes it. */
const parseAs =
  <T>(schema: v.GenericSchema): Parse<T> =>
  value => {
    const result = v.safeParse(schema, value, { abortEarly: true })
    if (result.success) return value as T
    throw new ShapeError(v.getDotPath(result.issues[0]) ?? '')
  }

const parseReport = parseAs<ReportAnswer>(v.looseObject({ score: Score, distribution: v.array(v.number()) }))
const parseSeries = parseAs<SeriesAnswer>(
  v.looseObject({ buckets: v.array(v.looseObject({ score: Score })) }),
)
const parseSegments = parseAs<SegmentsAnswer>(
  v.looseObject({ segments: v.array(v.looseObject({ value: v.string(), score: Score })) }),
)
const parseComments = parseAs<CommentsAnswer>(
  v.looseObject({
    total: v.number(),
    comments: v.array(v.looseObject({ id: v.number(), text: v.string(), score: v.number() })),
  }),
)

export function createReportResources({ send }: Sender): ReportResources {
  const get = async <T>(
    path: string,
    parse: Parse<T>,
    {
      parameters = {},
      options = {},
    }: { parameters?: object | undefined; options?: RequestOptions | undefined },
  ): Promise<T> =>
    (await send({ method: 'GET', path, query: encodeQuery(parameters), signal: options.signal }, parse)) as T
  return {
    get: (parameters, options) => get('/v1/report', parseReport, { parameters, options }),
    series: (parameters, options) => get('/v1/report/series', parseSeries, { parameters, options }),
    segments: (parameters, options) => get('/v1/report/segments', parseSegments, { parameters, options }),
    comments: (parameters, options) => get('/v1/report/comments', parseComments, { parameters, options }),
  }
}
