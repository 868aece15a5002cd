/** The elements that match in `root` and in the open shadow trees beneath it, in document order. */
export function findDeep(root: Document | ShadowRoot, selector: string): Element[] {
  const found: Element[] = []
  // Named: content of the page can stand in the place of the document's members, and the build sees to those by name.
  for (const element of root === document ? document.querySelectorAll('*') : root.querySelectorAll('*')) {
    if (element.matches(selector)) found.push(element)
    if (element.shadowRoot) found.push(...findDeep(element.shadowRoot, selector))
  }
  return found
}
