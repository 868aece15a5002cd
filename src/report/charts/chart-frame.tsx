import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { useWidth } from './use-width.js'

/** The table behind a chart: the same values for who reads instead of looks. */
export interface ChartTable {
  head: readonly string[]
  rows: readonly (readonly string[])[]
}

interface ChartFrameProps {
  title: string
  /** What the chart says, in a sentence. */
  summary: string
  height: number
  /** How many places the cursor has. */
  places: number
  /** The place under a pointer, by its distance from the start of the chart. */
  placeAt(x: number, width: number): number
  /** What is told of a place. */
  describe(place: number): string
  table: ChartTable
  legend?: ComponentChildren
  notes?: ComponentChildren
  draw(width: number, place: number | undefined): ComponentChildren
  /** What stands beside the cursor. */
  tip(place: number): ComponentChildren
  /** Where that stands, from the left of the chart. */
  tipX(place: number, width: number): number
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** A chart with its heading, a cursor for pointer and keyboard that is told aloud, and the table behind it. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, summary, height, places, table } = props
  const { ref, width } = useWidth<HTMLDivElement>(640)
  const [place, setPlace] = useState<number>()
  const id = useId()
  const shown = place === undefined || place >= places ? undefined : place

  function onKeyDown(event: KeyboardEvent) {
    const step = STEPS[event.key]
    if (event.key === 'Escape') setPlace(undefined)
    if (step === undefined || places === 0) return
    event.preventDefault()
    const isRtl = document.documentElement.dir === 'rtl' && event.key.startsWith('Arrow')
    const from = shown ?? (step > 0 ? -1 : places)
    setPlace(Math.min(places - 1, Math.max(0, from + (isRtl ? -step : step))))
  }

  function onPointerMove(event: PointerEvent) {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    setPlace(Math.min(places - 1, Math.max(0, props.placeAt(event.clientX - box.left, box.width))))
  }

  const x = shown === undefined ? 0 : props.tipX(shown, width)
  return (
    <figure class="chart" aria-labelledby={`${id}title`}>
      <figcaption>
        <h2 id={`${id}title`}>{title}</h2>
        {props.legend}
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this is one drawing with a cursor. */}
      <div
        ref={ref}
        class="plot"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the cursor is moved by the keyboard.
        tabIndex={0}
        aria-roledescription="chart"
        aria-label={`${title}. ${summary} Arrow keys move through it.`}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setPlace(undefined)}
        onBlur={() => setPlace(undefined)}
      >
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          aria-hidden="true"
          focusable="false"
        >
          {props.draw(width, shown)}
        </svg>
        {shown !== undefined && (
          <div
            class={x > width / 2 ? 'tip before' : 'tip after'}
            style={{ left: `${x}px` }}
            aria-hidden="true"
          >
            {props.tip(shown)}
          </div>
        )}
      </div>
      <p class="visually-hidden" aria-live="polite">
        {shown === undefined ? '' : props.describe(shown)}
      </p>
      {props.notes}
      <details class="behind">
        <summary>Table</summary>
        <DataTable caption={title} {...table} />
      </details>
    </figure>
  )
}

function DataTable({ caption, head, rows }: ChartTable & { caption: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section class="scroll" tabIndex={0} aria-label={`${caption}, table`}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {head.map(cell => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...cells]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {cells.map((cell, index) => (
                <td key={head[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
