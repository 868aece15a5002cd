/** Fills `{name}` from `values`; what is not among them stays. */
export const fill = (text: string, values: Record<string, string>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
