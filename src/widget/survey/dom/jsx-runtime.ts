/**
 * JSX that makes elements at once, for what is drawn once and stays as it is: the question needs no library to be seen. What
 * changes with the visitor's answer is Preact's, which comes while the question is read. A file chooses this runtime by
 * `@jsxImportSource`.
 *
 * @module
 */
type Child = Node | string | false | undefined | readonly Child[]

interface Props {
  children?: Child
  [name: string]: unknown
}

/** Functions are listeners (`on…`), all else is an attribute; undefined is none. No `style`, which a strict policy forbids. */
export function jsx(tag: string, { children, ...props }: Props): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else if (value !== undefined) element.setAttribute(name, `${value}`)
  }
  for (const child of [children].flat(3)) if (child) element.append(child as Node | string)
  return element
}

/** The compiler's name for it where there are several children. */
export const jsxs: typeof jsx = (tag, props) => jsx(tag, props)

export declare namespace JSX {
  type Element = HTMLElement
  interface IntrinsicElements {
    [tag: string]: Props
  }
  interface ElementChildrenAttribute {
    children: unknown
  }
}
