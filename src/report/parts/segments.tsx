import type { DimensionsAnswer, SegmentsAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'
import { IntervalBar } from './headline.js'

/** A dimension as people say it. */
export const nameOf = (by: string): string => by.replace(/^properties\./, '').replaceAll('_', ' ')

interface SegmentsProps {
  by: string
  segments: SegmentsAnswer | undefined
  dimensions: DimensionsAnswer['dimensions']
  format: Format
  /** Absent where nothing may be chosen. */
  onBy?: (by: string) => void
  onFilter?: (by: string, value: string) => void
}

/** The score by one dimension, each with its interval. */
export function Segments({ by, segments, dimensions, format, onBy, onFilter }: SegmentsProps) {
  // One scale for all rows, wide enough for each interval, so that they can be compared.
  const bounds = (segments?.segments ?? [])
    .filter(({ score }) => score.sufficiency !== 'none')
    .flatMap(({ score }) => score.interval ?? [])
  const span = {
    least: Math.max(-100, Math.floor(Math.min(0, ...bounds) / 10) * 10),
    most: Math.min(100, Math.ceil(Math.max(0, ...bounds) / 10) * 10),
  }
  return (
    <section class="card segments" aria-labelledby="segments">
      <header>
        <h2 id="segments">By {nameOf(by)}</h2>
        {onBy && (
          <label>
            <span class="visually-hidden">Split by</span>
            <select value={by} onChange={event => onBy(event.currentTarget.value)}>
              {[...dimensions.map(one => one.by), 'text'].map(name => (
                <option key={name} value={name} selected={name === by}>
                  {nameOf(name)}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      {segments && segments.segments.length === 0 && (
        <p class="quiet">Nothing to split: no response in this time says anything of it.</p>
      )}
      {segments && segments.segments.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
        <section class="scroll" tabIndex={0} aria-label={`By ${nameOf(by)}, table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{nameOf(by)}</th>
                <th scope="col">Score</th>
                <th scope="col" class="wide">
                  95 % interval
                </th>
                <th scope="col">Responses</th>
                <th scope="col" class="wide">
                  Classes
                </th>
              </tr>
            </thead>
            <tbody>
              {segments.segments.map(({ value, score }) => {
                const name = value === '' ? 'not known' : value
                const enough = score.sufficiency !== 'none'
                return (
                  <tr key={value}>
                    <th scope="row">
                      {onFilter && by !== 'text' ? (
                        <button type="button" class="plain" onClick={() => onFilter(by, value)}>
                          {name}
                        </button>
                      ) : (
                        name
                      )}
                    </th>
                    <td class="figure">{enough && score.nps !== null ? format.score(score.nps) : '–'}</td>
                    <td class="wide">
                      {enough && score.interval ? (
                        <>
                          <IntervalBar score={score} format={format} {...span} />
                          <span class="visually-hidden">
                            {format.score(score.interval[0])} to {format.score(score.interval[1])}
                          </span>
                        </>
                      ) : (
                        <span class="quiet">too few for a score</span>
                      )}
                      {score.sufficiency === 'few' && <span class="quiet">too few to compare</span>}
                    </td>
                    <td class="figure">{format.count(score.n)}</td>
                    <td class="wide">
                      <div class="class-bar" aria-hidden="true">
                        <i class="detractors" style={{ flexGrow: score.detractors }} />
                        <i class="passives" style={{ flexGrow: score.passives }} />
                        <i class="promoters" style={{ flexGrow: score.promoters }} />
                      </div>
                      <span class="visually-hidden">
                        {format.count(score.detractors)} detractors, {format.count(score.passives)} passives,{' '}
                        {format.count(score.promoters)} promoters
                      </span>
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
          {segments.others > 0 && (
            <p class="quiet">and {format.count(segments.others)} responses of other values</p>
          )}
        </section>
      )}
    </section>
  )
}
