import { bisectCenter } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import type { BucketAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'

export const MARGIN = { start: 36, end: 14, top: 12, bottom: 26 }

export interface TimeScale {
  /** The middle of a bucket, from the left. */
  middle(place: number): number
  /** The edge where a bucket starts; one beyond the last is the end. */
  edge(place: number): number
  /** The bucket that is nearest to a place on the screen. */
  nearest(x: number): number
}

/** Buckets along the width, by true time; from right to left where one reads so. */
export function timeScale(buckets: readonly BucketAnswer[], width: number, rtl: boolean): TimeScale {
  const edges = [...buckets.map(({ start }) => Date.parse(start)), Date.parse(buckets.at(-1)?.end ?? '')]
  const [left, right] = [MARGIN.start, width - MARGIN.end]
  const scale = scaleLinear()
    .domain([edges[0] ?? 0, edges.at(-1) ?? 1])
    .range(rtl ? [width - left, width - right] : [left, right])
  const middles = buckets.map((_, i) => ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2)
  return {
    middle: place => scale(middles[place] ?? 0),
    edge: place => scale(edges[place] ?? 0),
    nearest: x => bisectCenter(middles, scale.invert(x)),
  }
}

/** Labels of as many buckets as there is room for. */
export function TimeAxis(props: {
  buckets: readonly BucketAnswer[]
  scale: TimeScale
  width: number
  y: number
  unit: string
  format: Format
}) {
  const { buckets, scale, width, y, unit, format } = props
  const room = Math.max(2, Math.floor((width - MARGIN.start) / 74))
  const step = Math.max(1, Math.ceil(buckets.length / room))
  return (
    <g class="axis">
      {buckets.map(({ start }, place) =>
        place % step === 0 ? (
          <text key={start} x={scale.middle(place)} y={y + 18} text-anchor="middle">
            {format.bucket(start, unit)}
          </text>
        ) : null,
      )}
    </g>
  )
}

/** Horizontal lines with their values. */
export function ValueAxis(props: {
  ticks: readonly number[]
  y(value: number): number
  width: number
  label(value: number): string
  rtl: boolean
}) {
  const { ticks, y, width, label, rtl } = props
  return (
    <g class="axis">
      {ticks.map(value => (
        <g key={value}>
          <line
            class={value === 0 ? 'grid zero' : 'grid'}
            x1={rtl ? MARGIN.end : MARGIN.start}
            x2={rtl ? width - MARGIN.start : width - MARGIN.end}
            y1={y(value)}
            y2={y(value)}
          />
          <text
            x={rtl ? width - MARGIN.start + 8 : MARGIN.start - 8}
            y={y(value) + 4}
            text-anchor={rtl ? 'start' : 'end'}
            direction="ltr"
          >
            {label(value)}
          </text>
        </g>
      ))}
    </g>
  )
}
