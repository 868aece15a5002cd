import { scaleLinear } from 'd3-scale'
import type { BucketAnswer, SeriesAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'
import { ChartFrame } from './chart-frame.js'
import { MARGIN, TimeAxis, timeScale, ValueAxis } from './time-axis.js'

const HEIGHT = 220

const CLASSES = ['detractors', 'passives', 'promoters'] as const

const share = ({ score }: BucketAnswer, name: (typeof CLASSES)[number]): number =>
  score.n === 0 ? 0 : score[name] / score.n

function words(bucket: BucketAnswer, unit: string, format: Format): string {
  const when = format.bucketInFull(bucket.start, unit)
  if (bucket.score.n === 0) return `${when}: no responses`
  const shares = [...CLASSES].reverse().map(name => `${format.percent(share(bucket, name))} ${name}`)
  return `${when}: ${shares.join(', ')}`
}

/** Promoters, passives and detractors over time, as shares of all. */
export function ClassesChart({ series, format }: { series: SeriesAnswer; format: Format }) {
  const { buckets, unit } = series
  const rtl = format.direction === 'rtl'
  const y = scaleLinear()
    .domain([0, 1])
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
  const scaleOf = (width: number) => timeScale(buckets, width, rtl)
  return (
    <ChartFrame
      title="Classes over time"
      summary="Shares of promoters, passives and detractors."
      height={HEIGHT}
      places={buckets.length}
      placeAt={(x, width) => scaleOf(width).nearest(x)}
      describe={place => (buckets[place] ? words(buckets[place], unit, format) : '')}
      tipX={(place, width) => scaleOf(width).middle(place)}
      tip={place =>
        buckets[place] && (
          <>
            <p class="tip-title">{format.bucketInFull(buckets[place].start, unit)}</p>
            {[...CLASSES].reverse().map(name => (
              <p key={name}>
                <i class={`swatch ${name}`} /> {format.percent(share(buckets[place] as BucketAnswer, name))}{' '}
                {name}
              </p>
            ))}
          </>
        )
      }
      legend={
        <ul class="legend">
          {[...CLASSES].reverse().map(name => (
            <li key={name} class={`key-${name}`}>
              {name}
            </li>
          ))}
        </ul>
      }
      table={{
        head: ['From', 'Promoters', 'Passives', 'Detractors', 'Responses'],
        rows: buckets.map(({ start, score }) => [
          format.bucketInFull(start, unit),
          format.count(score.promoters),
          format.count(score.passives),
          format.count(score.detractors),
          format.count(score.n),
        ]),
      }}
      draw={(width, place) => {
        const x = scaleOf(width)
        return (
          <>
            {buckets.map((bucket, index) => {
              const [from = 0, to = 0] = [x.edge(index), x.edge(index + 1)].sort((a, b) => a - b)
              const gap = Math.min(2, (to - from) * 0.2)
              let base = 0
              return (
                <g key={bucket.start} class={bucket.score.sufficiency === 'none' ? 'faint' : undefined}>
                  {CLASSES.map(name => {
                    const [bottom, top] = [y(base), y(base + share(bucket, name))]
                    base += share(bucket, name)
                    return (
                      <rect
                        key={name}
                        class={name}
                        x={from + gap / 2}
                        width={Math.max(0.5, to - from - gap)}
                        y={top}
                        height={Math.max(0, bottom - top - (base < 0.999 ? 1 : 0))}
                      />
                    )
                  })}
                </g>
              )
            })}
            <ValueAxis ticks={[0, 0.5, 1]} y={y} width={width} label={format.percent} rtl={rtl} />
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
              </g>
            )}
          </>
        )
      }}
    />
  )
}
