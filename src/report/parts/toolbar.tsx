import type { DimensionsAnswer, ReportSettings } from '../../wire/report.js'
import type { Format } from '../format.js'
import { type Query, RANGES } from '../query.js'
import { Choice } from './choice.js'
import { ExportMenu } from './export-menu.js'
import { nameOf } from './segments.js'
import { SettingsMenu } from './settings-menu.js'
import { ShareButton } from './share-button.js'

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

/** Time, comparison and filters; export, share link and settings. */
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
      <div class="actions">
        <ExportMenu {...props} />
        <ShareButton {...props} />
        <SettingsMenu {...props} />
      </div>
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
