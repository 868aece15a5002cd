const RIGHT_TO_LEFT = /[\u0590-\u08ff]/

/**
 * Fills `{name}` from `values`; what is not among them stays. Where right-to-left letters are about, what is filled in is
 * isolated (U+2068 … U+2069), so that a Latin product name does not carry the question mark off.
 */
export function fill(text: string, values: Record<string, string>): string {
  const isMixed = RIGHT_TO_LEFT.test(text + Object.values(values))
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name] ?? whole
    return isMixed ? `\u2068${value}\u2069` : value
  })
}
