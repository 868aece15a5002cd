type Pair = [name: string, value: string]

/** The query of a URL: only `&` separates. */
export const queryPairs = (query: string): Pair[] => [...new URLSearchParams(query)]

/**
 * An urlencoded body. The API's document separates fields by `;` as well as by `&`
 * (`-d "email=a@b.c;last_surveyed=1&properties[x]=y"`), so here `;` separates where one of the endpoint's own fields
 * follows it, and nowhere else: a comment like `Tom; Jerry` stays whole.
 *
 * @param names the endpoint's fields; a name that ends in `[` stands for a hash
 */
export function bodyPairs(body: string, names: readonly string[]): Pair[] {
  if (!body.includes(';') || names.length === 0) return queryPairs(body)
  const starts = names.map(name => (name.endsWith('[') ? `${name.slice(0, -1)}(?:\\[|%5B)` : `${name}=`))
  const separator = new RegExp(`;(?=${starts.join('|')})`, 'i')
  return queryPairs(body.split(separator).join('&'))
}
