import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type {
  DimensionsAnswer,
  ReportAnswer,
  ReportSettings,
  SegmentsAnswer,
  SeriesAnswer,
  ShareAnswer,
} from '../wire/report.js'
import { ClassesChart } from './charts/classes-chart.js'
import { DistributionChart } from './charts/distribution-chart.js'
import { ScoreChart } from './charts/score-chart.js'
import { createFormat, type Format } from './format.js'
import { Comments } from './parts/comments.js'
import { Headline } from './parts/headline.js'
import { Rates } from './parts/rates.js'
import { Segments } from './parts/segments.js'
import { Chips, Toolbar } from './parts/toolbar.js'
import { datesOf, filterParameters, type Query, readQuery, writeQuery } from './query.js'
import type { Session } from './session.js'
import { commentsCsv, download, figuresCsv } from './take-along.js'
import { type Load, useLoad } from './use-load.js'

/** The query, kept in the address, so that it can be sent and is there again after a step back. */
function useQuery(shared: boolean): [Query, (changes: Partial<Query>) => void] {
  const [query, setQuery] = useState(() => readQuery(shared ? '' : location.hash))
  useEffect(() => {
    if (shared) return
    const follow = () => setQuery(readQuery(location.hash))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [shared])
  const change = (changes: Partial<Query>) => {
    const next = { ...query, ...changes }
    setQuery(next)
    if (!shared) history.pushState(null, '', `#${writeQuery(next)}`)
  }
  return [query, change]
}

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
  const taking = useTaking(session)

  useEffect(() => {
    document.documentElement.dir = format.direction
  }, [format.direction])

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
            onShare={days => share(session, { query, dates, timeZone, by, days })}
            onExport={kind => {
              if (kind === 'comments') return taking.comments(commentQuery(parameters ?? '', query))
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
          {taking.view}
        </section>
      )}
      <main class={loads.some(({ loading }) => loading) ? 'grid stale' : 'grid'}>
        <Errors loads={loads} />
        {report.data ? (
          <>
            <Headline report={report.data} format={format} compare={query.compare} />
            <section class="card">
              <DistributionChart distribution={report.data.distribution} format={format} />
            </section>
          </>
        ) : (
          <>
            <div class="card skeleton tall" />
            <div class="card skeleton tall" />
          </>
        )}
        {series.data && report.data && report.data.total > 0 && (
          <>
            <section class="card full">
              <ScoreChart series={series.data} format={format} lag={lag} />
            </section>
            <section class="card">
              <ClassesChart series={series.data} format={format} />
            </section>
          </>
        )}
        {report.data && report.data.total > 0 && (
          <Rates rates={report.data.rates} lag={lag} format={format} />
        )}
        {segments.data && (
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
        {!shared && (
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

interface Sharing {
  query: Query
  dates: readonly [string, string]
  timeZone: string
  by: string
  days: number
}

async function share(session: Session, { query, dates, timeZone, by, days }: Sharing): Promise<string> {
  const properties: Record<string, string> = {}
  const filters: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(query.filters)) {
    if (name.startsWith('properties.')) properties[name.slice('properties.'.length)] = value
    else filters[name] = value
  }
  const { token } = await session.send<ShareAnswer>('POST', '/v1/report/shares', {
    date: { start: dates[0], end: dates[1] },
    time_zone: timeZone,
    compare: query.compare,
    ...filters,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(by && { by }),
    days,
  })
  return `${location.origin}${location.pathname}#share=${token}`
}

/** What takes long, how far it has come, and how to end it. */
function useTaking(session: Session) {
  const [state, setState] = useState<{ done: number; total: number; error?: string }>()
  const abort = useRef<AbortController>(undefined)
  const comments = async (query: string) => {
    abort.current?.abort()
    const controller = new AbortController()
    abort.current = controller
    setState({ done: 0, total: 0 })
    try {
      const text = await commentsCsv(session, query, {
        signal: controller.signal,
        onProgress: (done, total) => setState({ done, total }),
      })
      download('comments.csv', 'text/csv;charset=utf-8', text)
      setState(undefined)
    } catch {
      setState(controller.signal.aborted ? undefined : { done: 0, total: 0, error: 'The export failed.' })
    }
  }
  const view = state && (
    <p class="taking" role="status">
      {state.error ?? (
        <>
          <progress max={state.total || 1} value={state.done} aria-label="Export" /> {state.done} of{' '}
          {state.total} comments{' '}
          <button type="button" onClick={() => abort.current?.abort()}>
            Stop
          </button>
        </>
      )}
    </p>
  )
  return { comments, view }
}

const SLOW_MS = 600

/** Shown once a load takes longer than one waits without a thought. */
function Busy({ loads }: { loads: readonly Load<unknown>[] }) {
  const busy = loads.some(({ loading }) => loading)
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!busy) return
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [busy])
  if (!busy) return null
  return (
    <div class="busy" role="status">
      <i aria-hidden="true" />
      {slow && (
        <p>
          Counting …{' '}
          <button type="button" onClick={() => loads.forEach(({ stop }) => void stop())}>
            Stop
          </button>
        </p>
      )}
    </div>
  )
}

function Errors({ loads }: { loads: readonly Load<unknown>[] }) {
  const [first] = loads.filter(({ error }) => error !== undefined)
  if (!first) return null
  return (
    <p class="error full" role="alert">
      {first.error}{' '}
      <button
        type="button"
        onClick={() => {
          for (const load of loads) if (load.error) load.retry()
        }}
      >
        Try again
      </button>
    </p>
  )
}
