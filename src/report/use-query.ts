import { useEffect, useState } from 'preact/hooks'
import { type Query, readQuery, writeQuery } from './query.js'

/** The query, kept in the address, so that it can be sent and is there again after a step back. */
export function useQuery(shared: boolean): [Query, (changes: Partial<Query>) => void] {
  const [query, setQuery] = useState(() => readQuery(shared ? '' : location.hash))
  useEffect(() => {
    if (shared) return
    const follow = () => setQuery(readQuery(location.hash))
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [shared])
  const change = (changes: Partial<Query>) => {
    const next = { ...query, ...changes }
    setQuery(next)
    if (!shared) history.pushState(null, '', `#${writeQuery(next)}`)
  }
  return [query, change]
}
