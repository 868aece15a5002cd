import { useEffect, useState } from 'preact/hooks'
import type { Load } from '../use-load.js'

const SLOW_MS = 600

/** A moving line while something loads; after a moment also in words, with a way to stop. */
export function Busy({ loads }: { loads: readonly Load<unknown>[] }) {
  const busy = loads.some(({ loading }) => loading)
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    setSlow(false)
    if (!busy) return
    const timer = setTimeout(() => setSlow(true), SLOW_MS)
    return () => clearTimeout(timer)
  }, [busy])
  if (!busy) return null
  return (
    <div class="busy" role="status">
      <i aria-hidden="true" />
      {slow && (
        <p>
          Counting …{' '}
          <button type="button" onClick={() => loads.forEach(({ stop }) => void stop())}>
            Stop
          </button>
        </p>
      )}
    </div>
  )
}

/** What could not be loaded, with another try. */
export function Errors({ loads }: { loads: readonly Load<unknown>[] }) {
  const [first] = loads.filter(({ error }) => error !== undefined)
  if (!first) return null
  return (
    <p class="error full" role="alert">
      {first.error}{' '}
      <button
        type="button"
        onClick={() => {
          for (const load of loads) if (load.error) load.retry()
        }}
      >
        Try again
      </button>
    </p>
  )
}
