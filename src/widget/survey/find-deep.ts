/** The elements that match in `root` and in the open shadow trees beneath it, in document order. */
export function findDeep(root: Document | ShadowRoot, selector: string): Element[] {
  const found: Element[] = []
  for (const element of root.querySelectorAll('*')) {
    if (element.matches(selector)) found.push(element)
    if (element.shadowRoot) found.push(...findDeep(element.shadowRoot, selector))
  }
  return found
}
