import { scaleBand, scaleLinear } from 'd3-scale'
import { npsClassOf } from '../../domain/nps-class.js'
import type { Format } from '../format.js'
import { ChartFrame } from './chart-frame.js'

const HEIGHT = 220
const [TOP, BOTTOM] = [22, 26]

/** How many gave each score. */
export function DistributionChart({
  distribution,
  format,
}: {
  distribution: readonly number[]
  format: Format
}) {
  const rtl = format.direction === 'rtl'
  const n = distribution.reduce((a, b) => a + b, 0)
  const y = scaleLinear()
    .domain([0, Math.max(1, ...distribution)])
    .range([HEIGHT - BOTTOM, TOP])
  const scaleOf = (width: number) =>
    scaleBand<number>()
      .domain(distribution.map((_, score) => score))
      .range(rtl ? [width, 0] : [0, width])
      .paddingInner(0.22)
  const share = (score: number) => format.percent(n === 0 ? 0 : (distribution[score] ?? 0) / n)
  const words = (score: number) =>
    `Score ${format.count(score)}: ${format.count(distribution[score] ?? 0)} responses, ${share(score)}`
  const commonest = distribution.indexOf(Math.max(...distribution))
  return (
    <ChartFrame
      title="Distribution"
      summary={n === 0 ? 'No responses.' : `Most gave ${format.count(commonest)}.`}
      height={HEIGHT}
      places={distribution.length}
      placeAt={(x, width) => {
        const place = Math.floor((x / width) * distribution.length)
        return rtl ? distribution.length - 1 - place : place
      }}
      describe={words}
      tipX={(score, width) => (scaleOf(width)(score) ?? 0) + scaleOf(width).bandwidth() / 2}
      tip={score => (
        <>
          <p class="tip-title">Score {format.count(score)}</p>
          <p>
            <strong>{format.count(distribution[score] ?? 0)}</strong> <span>{share(score)}</span>
          </p>
        </>
      )}
      table={{
        head: ['Score', 'Responses', 'Share'],
        rows: distribution.map((count, score) => [format.count(score), format.count(count), share(score)]),
      }}
      draw={(width, place) => {
        const x = scaleOf(width)
        return distribution.map((count, score) => {
          const left = x(score) ?? 0
          const middle = left + x.bandwidth() / 2
          return (
            <g key={score} class={place !== undefined && place !== score ? 'faint' : undefined}>
              <rect
                class={npsClassOf(score)}
                x={left}
                width={x.bandwidth()}
                y={count === 0 ? HEIGHT - BOTTOM - 1 : Math.min(y(count), HEIGHT - BOTTOM - 2)}
                height={count === 0 ? 1 : Math.max(2, HEIGHT - BOTTOM - y(count))}
                rx={Math.min(4, x.bandwidth() / 4)}
              />
              {x.bandwidth() > 22 && count > 0 && (
                <text class="value" x={middle} y={y(count) - 6} text-anchor="middle">
                  {share(score)}
                </text>
              )}
              <text class="tick" x={middle} y={HEIGHT - 7} text-anchor="middle">
                {format.count(score)}
              </text>
            </g>
          )
        })
      }}
    />
  )
}
