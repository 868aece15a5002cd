import { useEffect, useMemo, useState } from 'preact/hooks'
import type {
  DimensionsAnswer,
  ReportAnswer,
  ReportSettings,
  SegmentsAnswer,
  SeriesAnswer,
} from '../wire/report.js'
import { ClassesChart } from './charts/classes-chart.js'
import { DistributionChart } from './charts/distribution-chart.js'
import { ScoreChart } from './charts/score-chart.js'
import { download, figuresCsv } from './export-files.js'
import { createFormat, type Format } from './format.js'
import { Comments } from './parts/comments.js'
import { Headline } from './parts/headline.js'
import { Busy, Errors } from './parts/load-status.js'
import { Rates } from './parts/rates.js'
import { Segments } from './parts/segments.js'
import { Chips, Toolbar } from './parts/toolbar.js'
import { datesOf, filterParameters, type Query } from './query.js'
import type { Session } from './session.js'
import { createShareLink } from './share-link.js'
import { useCommentExport } from './use-comment-export.js'
import { type Load, useLoad } from './use-load.js'
import { useQuery } from './use-query.js'

/** What the requests have in common, undefined until the zone and the account's first response are known. */
function parametersOf(query: Query, dates: readonly [string, string], timeZone: string): string {
  return new URLSearchParams([
    ['date[start]', dates[0]],
    ['date[end]', dates[1]],
    ['time_zone', timeZone],
    ...filterParameters(query.filters),
  ]).toString()
}

/** Half of the answers come at once; some wait on a device for weeks, and then belong to the day they were given on. */
function lagWords({ lag }: ReportAnswer, format: Format): string {
  if (lag.median_s === null || lag.p95_s === null || lag.n < 10) return ''
  return `Responses may arrive up to 60 days late and then count for the day they were given on. Half arrive within ${format.duration(
    lag.median_s,
  )}, 95 % within ${format.duration(lag.p95_s)}.`
}

/** The whole page for who is signed in, or follows a share link. */
export function Report({ session, onSignOut }: { session: Session; onSignOut(): void }) {
  const { shared } = session
  const [query, change] = useQuery(shared)
  const [locale, setLocale] = useState(navigator.language)
  const [settingsSent, setSettingsSent] = useState(0)
  const settings = useLoad(shared ? undefined : `settings ${settingsSent}`, signal =>
    session.get<ReportSettings>('/v1/report/settings', signal),
  )
  // Of all time: whether there is anything, and since when.
  const whole = useLoad(shared || query.range !== 'all' ? undefined : 'whole', signal =>
    session.get<ReportAnswer>('/v1/report?compare=none', signal),
  )
  const dimensions = useLoad(shared ? undefined : 'dimensions', signal =>
    session.get<DimensionsAnswer>('/v1/report/dimensions', signal),
  )
  const isReady =
    shared || (settings.data !== undefined && (query.range !== 'all' || whole.data !== undefined))
  const timeZone = settings.data?.time_zone ?? 'UTC'
  const place = { timeZone, nowMs: Date.now(), first: whole.data?.first ?? null }
  const dates = datesOf(query, place)
  const parameters = isReady ? (shared ? '' : parametersOf(query, dates, timeZone)) : undefined
  const when = (path: string) => (parameters === undefined ? undefined : `${path}?${parameters}`)

  const report = useLoad(when(`/v1/report`) && `${when('/v1/report')}&compare=${query.compare}`, signal =>
    session.get<ReportAnswer>(`${when('/v1/report')}&compare=${query.compare}`, signal),
  )
  const unit = query.unit ? `&unit=${query.unit}` : ''
  const series = useLoad(when('/v1/report/series') && `${when('/v1/report/series')}${unit}`, signal =>
    session.get<SeriesAnswer>(`${when('/v1/report/series')}${unit}`, signal),
  )
  const by = query.by || usualSplit(dimensions.data)
  const split = shared || by ? `${when('/v1/report/segments')}&by=${encodeURIComponent(by)}` : undefined
  const segments = useLoad(when('') && split, signal => session.get<SegmentsAnswer>(split ?? '', signal))
  const zone = report.data?.time_zone ?? timeZone
  const format = useMemo(() => createFormat(locale, zone), [locale, zone])
  const commentExport = useCommentExport(session)

  useEffect(() => {
    document.documentElement.dir = format.direction
  }, [format.direction])

  // Of an account without a response there is nothing to show but what to do.
  const isEmpty = report.data?.total === 0
  const loads: Load<unknown>[] = [report, series, segments]
  const lag = report.data ? lagWords(report.data, format) : ''
  return (
    <>
      <a class="skip" href="#score">
        To the score
      </a>
      <Busy loads={loads} />
      <header class="top">
        <h1>
          <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <rect class="mark-back" width="32" height="32" rx="9" />
            <rect class="detractors" x="7" y="18" width="4" height="7" rx="2" />
            <rect class="passives" x="14" y="13" width="4" height="12" rx="2" />
            <rect class="promoters" x="21" y="7" width="4" height="18" rx="2" />
          </svg>
          The score
        </h1>
        <p class="period">{report.data && periodWords(report.data, format)}</p>
      </header>
      {shared ? (
        <section aria-label="Shared figures">
          <p class="banner">Shared figures, as they were filtered; without comments.</p>
        </section>
      ) : (
        <section aria-label="Time and filters">
          <Toolbar
            query={query}
            unit={series.data?.unit ?? 'week'}
            dates={dates}
            dimensions={dimensions.data?.dimensions ?? []}
            settings={settings.data ?? { time_zone: 'UTC', week_start: 'monday' }}
            format={format}
            onQuery={change}
            onSettings={async next => {
              await session.send('PUT', '/v1/report/settings', next)
              setSettingsSent(settingsSent + 1)
            }}
            onLocale={setLocale}
            onShare={days => createShareLink(session, { query, dates, timeZone, by, days })}
            onExport={kind => {
              if (kind === 'comments') return commentExport.start(commentQuery(parameters ?? '', query))
              if (!report.data || !series.data) return
              const figures = { report: report.data, series: series.data, segments: segments.data }
              const name = `score-${dates[0]}-${dates[1]}`
              if (kind === 'json')
                download(`${name}.json`, 'application/json', JSON.stringify(figures, null, 2))
              else download(`${name}.csv`, 'text/csv;charset=utf-8', figuresCsv(figures))
            }}
            onSignOut={onSignOut}
          />
          <Chips query={query} onQuery={change} />
          {commentExport.view}
        </section>
      )}
      <main class={loads.some(({ loading }) => loading) ? 'grid stale' : 'grid'}>
        <Errors loads={loads} />
        {report.data ? (
          <>
            <Headline report={report.data} format={format} compare={query.compare} />
            {!isEmpty && (
              <section class="card">
                <DistributionChart distribution={report.data.distribution} format={format} />
              </section>
            )}
          </>
        ) : (
          <>
            <div class="card skeleton tall" />
            <div class="card skeleton tall" />
          </>
        )}
        {series.data && report.data && !isEmpty && (
          <>
            <section class="card full">
              <ScoreChart series={series.data} format={format} lag={lag} />
            </section>
            <section class="card">
              <ClassesChart series={series.data} format={format} />
            </section>
          </>
        )}
        {report.data && !isEmpty && <Rates rates={report.data.rates} lag={lag} format={format} />}
        {segments.data && !isEmpty && (
          <Segments
            by={segments.data.by}
            segments={segments.data}
            dimensions={dimensions.data?.dimensions ?? []}
            format={format}
            {...(!shared && {
              onBy: (chosen: string) => change({ by: chosen }),
              onFilter: (name: string, value: string) =>
                change({ filters: { ...query.filters, [name]: value } }),
            })}
          />
        )}
        {!shared && !isEmpty && (
          <Comments
            session={session}
            parameters={parameters}
            search={query.search}
            classes={query.classes}
            opened={query.comment}
            format={format}
            onSearch={search => change({ search })}
            onClasses={classes => change({ classes })}
            onOpen={comment => change({ comment })}
          />
        )}
      </main>
      <footer>
        <p>
          NPS = % promoters (9–10) − % detractors (0–6). Intervals: 95 %, adjusted Wald (Rocks 2016). Below 10
          responses there is no score, below 30 none is compared. Times: {zone}.
        </p>
      </footer>
    </>
  )
}

/** The first property, since that is the customer's own; else what there is. */
function usualSplit(answer: DimensionsAnswer | undefined): string {
  if (!answer) return ''
  const names = answer.dimensions.map(({ by }) => by)
  const plan = names.find(name => name === 'properties.plan')
  return plan ?? names.find(name => name.startsWith('properties.')) ?? names[0] ?? 'text'
}

function periodWords({ period }: ReportAnswer, format: Format): string {
  const last = new Date(Date.parse(period.end) - 1).toISOString()
  return `${format.date(period.start)} – ${format.date(last)}`
}

const commentQuery = (parameters: string, { search, classes }: Query): string =>
  [parameters, search && `search=${encodeURIComponent(search)}`, classes && `class=${classes}`]
    .filter(Boolean)
    .join('&')
