import { extent } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { area, curveMonotoneX, line } from 'd3-shape'
import type { BucketAnswer, SeriesAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'
import { ChartFrame } from './chart-frame.js'
import { MARGIN, TimeAxis, timeScale, ValueAxis } from './time-axis.js'

const HEIGHT = 300
/** The strip below the line, whose bars say how many responses a point stands on. */
const COUNTS = 44

const isPoint = ({ score }: BucketAnswer): boolean => score.sufficiency !== 'none'

/** What can be said of one bucket. */
function words(bucket: BucketAnswer, unit: string, format: Format): string {
  const { score, start } = bucket
  const when = format.bucketInFull(start, unit)
  if (score.nps === null || score.interval === null) return `${when}: no responses`
  const n = `${format.count(score.n)} responses`
  if (!isPoint(bucket)) return `${when}: ${n}, too few for a score`
  return `${when}: ${format.score(score.nps)}, interval ${intervalWords(score.interval, format)}, ${n}`
}

const intervalWords = ([low, high]: [number, number], format: Format): string =>
  `${format.score(low)} to ${format.score(high)}`

/** The score over time with its band; where a bucket has too few responses the line has a gap. */
export function ScoreChart({ series, format, lag }: { series: SeriesAnswer; format: Format; lag: string }) {
  const { buckets, unit } = series
  const rtl = format.direction === 'rtl'
  const points = buckets.filter(isPoint)
  const [low = -10, high = 10] = extent(points.flatMap(({ score }) => score.interval ?? []))
  const y = scaleLinear()
    .domain([Math.max(-100, Math.min(0, low) - 4), Math.min(100, high + 6)])
    .nice(5)
    .range([HEIGHT - MARGIN.bottom - COUNTS, MARGIN.top])
  const most = Math.max(1, ...buckets.map(({ score }) => score.n))
  const countY = scaleLinear()
    .domain([0, most])
    .range([HEIGHT - MARGIN.bottom, HEIGHT - MARGIN.bottom - COUNTS + 12])
  const filling = buckets.findIndex(({ may_fill }) => may_fill)
  const last = points.at(-1)
  const scaleOf = (width: number) => timeScale(buckets, width, rtl)

  return (
    <ChartFrame
      title="Score over time"
      summary={
        last?.score.nps == null
          ? 'No point has ten responses.'
          : `Latest ${format.score(last.score.nps)}, over ${format.count(points.length)} points.`
      }
      height={HEIGHT}
      places={buckets.length}
      placeAt={(x, width) => scaleOf(width).nearest(x)}
      describe={place => (buckets[place] ? words(buckets[place], unit, format) : '')}
      tipX={(place, width) => scaleOf(width).middle(place)}
      tip={place => buckets[place] && <Tip bucket={buckets[place]} unit={unit} format={format} />}
      legend={
        <ul class="legend">
          <li class="key-line">score</li>
          <li class="key-band">95 % interval</li>
          <li class="key-count">responses</li>
        </ul>
      }
      notes={filling >= 0 && lag !== '' && <p class="note">{lag}</p>}
      table={{
        head: ['From', 'Score', 'Interval', 'Responses'],
        rows: buckets.map(bucket => [
          format.bucketInFull(bucket.start, unit),
          isPoint(bucket) && bucket.score.nps !== null ? format.score(bucket.score.nps) : 'too few',
          bucket.score.interval && isPoint(bucket) ? intervalWords(bucket.score.interval, format) : '–',
          format.count(bucket.score.n),
        ]),
      }}
      draw={(width, place) => {
        const x = scaleOf(width)
        const indexed = buckets.map((bucket, index) => ({ bucket, index }))
        const defined = ({ bucket }: (typeof indexed)[number]) => isPoint(bucket)
        const at = ({ index }: (typeof indexed)[number]) => x.middle(index)
        const bound = (which: 0 | 1) => (one: (typeof indexed)[number]) =>
          y(one.bucket.score.interval?.[which] ?? 0)
        const band = area<(typeof indexed)[number]>()
          .defined(defined)
          .curve(curveMonotoneX)
          .x(at)
          .y0(bound(0))
          .y1(bound(1))
        const path = line<(typeof indexed)[number]>()
          .defined(defined)
          .curve(curveMonotoneX)
          .x(at)
          .y(one => y(one.bucket.score.nps ?? 0))
        const [fillFrom, fillTo] = [x.edge(filling), x.edge(buckets.length)].sort((a, b) => a - b)
        return (
          <>
            {filling >= 0 && (
              <rect
                class="filling"
                x={fillFrom}
                y={MARGIN.top}
                width={(fillTo ?? 0) - (fillFrom ?? 0)}
                height={HEIGHT - MARGIN.bottom - MARGIN.top}
              />
            )}
            <ValueAxis ticks={y.ticks(5)} y={y} width={width} label={format.score} rtl={rtl} />
            {indexed.map(({ bucket, index }) => {
              const [from = 0, to = 0] = [x.edge(index), x.edge(index + 1)].sort((a, b) => a - b)
              return (
                <rect
                  key={bucket.start}
                  class="count"
                  x={from + Math.min(1.5, (to - from) * 0.15)}
                  width={Math.max(0.5, to - from - Math.min(3, (to - from) * 0.3))}
                  y={countY(bucket.score.n)}
                  height={countY(0) - countY(bucket.score.n)}
                  rx={Math.min(2, (to - from) / 4)}
                />
              )
            })}
            <path class="band" d={band(indexed) ?? ''} />
            <path class="score-line" d={path(indexed) ?? ''} />
            {points.length <= 60 &&
              indexed
                .filter(defined)
                .map(one => (
                  <circle
                    key={one.bucket.start}
                    class={one.bucket.score.sufficiency === 'few' ? 'dot few' : 'dot'}
                    cx={at(one)}
                    cy={y(one.bucket.score.nps ?? 0)}
                    r={3}
                  />
                ))}
            <TimeAxis
              buckets={buckets}
              scale={x}
              width={width}
              y={HEIGHT - MARGIN.bottom}
              unit={unit}
              format={format}
            />
            {place !== undefined && (
              <g class="cursor">
                <line x1={x.middle(place)} x2={x.middle(place)} y1={MARGIN.top} y2={HEIGHT - MARGIN.bottom} />
                {buckets[place] && isPoint(buckets[place]) && (
                  <circle cx={x.middle(place)} cy={y(buckets[place].score.nps ?? 0)} r={5} />
                )}
              </g>
            )}
          </>
        )
      }}
    />
  )
}

function Tip({ bucket, unit, format }: { bucket: BucketAnswer; unit: string; format: Format }) {
  const { score, start, may_fill } = bucket
  return (
    <>
      <p class="tip-title">{format.bucketInFull(start, unit)}</p>
      {score.nps !== null && score.interval && isPoint(bucket) ? (
        <p>
          <strong>{format.score(score.nps)}</strong> <span>{intervalWords(score.interval, format)}</span>
        </p>
      ) : (
        <p>too few for a score</p>
      )}
      <p>
        {format.count(score.n)} {score.n === 1 ? 'response' : 'responses'}
        {may_fill && ', may still grow'}
      </p>
    </>
  )
}
