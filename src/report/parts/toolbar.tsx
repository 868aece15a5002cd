import { useRef, useState } from 'preact/hooks'
import type { DimensionsAnswer, ReportSettings } from '../../wire/report.js'
import type { Format } from '../format.js'
import { type Query, RANGES } from '../query.js'
import { nameOf } from './segments.js'

const UNITS = ['hour', 'day', 'week', 'month', 'quarter', 'year']

interface ToolbarProps {
  query: Query
  unit: string
  dates: readonly [string, string]
  dimensions: DimensionsAnswer['dimensions']
  settings: ReportSettings
  format: Format
  onQuery(changes: Partial<Query>): void
  onSettings(settings: ReportSettings): void
  onLocale(locale: string): void
  onExport(format: 'csv' | 'json' | 'comments'): void
  onShare(days: number): Promise<string>
  onSignOut(): void
}

function Choice(props: {
  label: string
  value: string
  options: readonly (readonly [value: string, words: string])[]
  onChange(value: string): void
}) {
  return (
    <label class="choice">
      <span>{props.label}</span>
      <select value={props.value} onChange={event => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, words]) => (
          <option key={value} value={value} selected={value === props.value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Time, comparison, filters, and what can be taken along. */
export function Toolbar(props: ToolbarProps) {
  const { query, unit, dates, onQuery } = props
  return (
    <div class="toolbar">
      <fieldset class="segmented">
        <legend class="visually-hidden">Time</legend>
        {Object.entries(RANGES).map(([range, words]) => (
          <label key={range}>
            <input
              type="radio"
              name="range"
              checked={query.range === range}
              onChange={() =>
                onQuery(
                  range === 'custom'
                    ? { range, start: dates[0], end: dates[1], unit: '' }
                    : { range, unit: '' },
                )
              }
            />
            <span>{words}</span>
          </label>
        ))}
      </fieldset>
      {query.range === 'custom' && (
        <div class="dates">
          <label>
            <span>From</span>
            <input
              type="date"
              value={query.start}
              max={query.end}
              onChange={event => event.currentTarget.value && onQuery({ start: event.currentTarget.value })}
            />
          </label>
          <label>
            <span>to</span>
            <input
              type="date"
              value={query.end}
              min={query.start}
              onChange={event => event.currentTarget.value && onQuery({ end: event.currentTarget.value })}
            />
          </label>
        </div>
      )}
      <Choice
        label="By"
        value={query.unit || unit}
        options={UNITS.map(name => [name, name])}
        onChange={chosen => onQuery({ unit: chosen })}
      />
      <Choice
        label="Compare"
        value={query.compare}
        options={[
          ['previous', 'the period before'],
          ['year', 'a year earlier'],
          ['none', 'nothing'],
        ]}
        onChange={compare => onQuery({ compare: compare as Query['compare'] })}
      />
      <AddFilter {...props} />
      <span class="spring" />
      <Take {...props} />
      <Settings {...props} />
    </div>
  )
}

function AddFilter({ query, dimensions, onQuery }: ToolbarProps) {
  const open = dimensions.filter(({ by }) => !(by in query.filters))
  if (open.length === 0) return null
  return (
    <label class="choice add">
      <span class="visually-hidden">Add a filter</span>
      <select
        value=""
        onChange={event => {
          const [by = '', value = ''] = JSON.parse(event.currentTarget.value || '[]') as string[]
          event.currentTarget.value = ''
          if (by) onQuery({ filters: { ...query.filters, [by]: value } })
        }}
      >
        <option value="">+ Filter</option>
        {open.map(({ by, values }) => (
          <optgroup key={by} label={nameOf(by)}>
            {values.map(value => (
              <option key={value} value={JSON.stringify([by, value])}>
                {value === '' ? 'not known' : value}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  )
}

/** The filters that hold, each with how to take it away. */
export function Chips({ query, onQuery }: Pick<ToolbarProps, 'query' | 'onQuery'>) {
  const entries = Object.entries(query.filters)
  if (entries.length === 0) return null
  return (
    <ul class="chips" aria-label="Filters">
      {entries.map(([by, value]) => (
        <li key={by}>
          <button
            type="button"
            onClick={() => onQuery({ filters: Object.fromEntries(entries.filter(([name]) => name !== by)) })}
          >
            {nameOf(by)}: <bdi>{value || 'not known'}</bdi> <span aria-hidden="true">×</span>
            <span class="visually-hidden">, take away</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function Take({ onExport, onShare }: ToolbarProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const [link, setLink] = useState<string>()
  const [days, setDays] = useState(30)
  const [told, setTold] = useState('')
  const share = async () => {
    try {
      setLink(await onShare(days))
      setTold('The link is made.')
    } catch {
      setTold('The link could not be made.')
    }
  }
  return (
    <>
      <details class="menu">
        <summary>Export</summary>
        <div>
          <button type="button" onClick={() => onExport('csv')}>
            Figures as CSV
          </button>
          <button type="button" onClick={() => onExport('json')}>
            Figures as JSON
          </button>
          <button type="button" onClick={() => onExport('comments')}>
            Comments as CSV
          </button>
          <button type="button" onClick={() => print()}>
            Print
          </button>
        </div>
      </details>
      <button
        type="button"
        onClick={() => {
          setLink(undefined)
          setTold('')
          ref.current?.showModal()
        }}
      >
        Share
      </button>
      <dialog ref={ref} aria-labelledby="share">
        <h2 id="share">Share these figures</h2>
        <p>
          Whoever has the link sees the figures as they are filtered now, without comments, until it expires.
        </p>
        <label>
          Days
          <input
            type="number"
            min={1}
            max={366}
            value={days}
            onInput={event => setDays(Number(event.currentTarget.value))}
          />
        </label>
        {link && (
          <label>
            Link
            <input type="text" readOnly value={link} onFocus={event => event.currentTarget.select()} />
          </label>
        )}
        <p class="quiet" role="status">
          {told}
        </p>
        <form method="dialog" class="buttons">
          <button type="button" class="main" onClick={share}>
            Make a link
          </button>
          {link && (
            <button
              type="button"
              onClick={() =>
                navigator.clipboard?.writeText(link).then(
                  () => setTold('Copied.'),
                  () => setTold('Copy it by hand: the browser does not let the page.'),
                )
              }
            >
              Copy
            </button>
          )}
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  )
}

/** Those of the survey, by their own names. */
const LOCALES =
  'en ar be bg cs da de el es et fa fi fr he hu id it ja ko lt lv ms nl no pl pt pt-PT ro ru sl sv th tr uk vi zh-Hans zh-Hant'.split(
    ' ',
  )

const languageName = (locale: string): string =>
  new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale

function Settings({ settings, format, onSettings, onLocale, onSignOut }: ToolbarProps) {
  const zones = Intl.supportedValuesOf('timeZone')
  const known = zones.includes(settings.time_zone) ? zones : [settings.time_zone, ...zones]
  const locales = LOCALES.includes(format.locale) ? LOCALES : [format.locale, ...LOCALES]
  return (
    <details class="menu">
      <summary>Settings</summary>
      <div>
        <Choice
          label="Time zone"
          value={settings.time_zone}
          options={known.map(zone => [zone, zone.replaceAll('_', ' ')])}
          onChange={time_zone => onSettings({ ...settings, time_zone })}
        />
        <Choice
          label="Week starts on"
          value={settings.week_start}
          options={['monday', 'saturday', 'sunday'].map(day => [day, day])}
          onChange={day => onSettings({ ...settings, week_start: day as ReportSettings['week_start'] })}
        />
        <Choice
          label="Numbers and dates"
          value={format.locale}
          options={locales.map(locale => [locale, languageName(locale)])}
          onChange={onLocale}
        />
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </details>
  )
}
