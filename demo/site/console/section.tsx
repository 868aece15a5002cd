import type { ComponentChildren } from 'preact'

/** A part of the console under its heading. */
export function Section(props: { title: string; children: ComponentChildren }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  )
}
