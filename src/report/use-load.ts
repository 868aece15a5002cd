import { useCallback, useEffect, useState } from 'preact/hooks'
import { RequestError } from './session.js'

export interface Load<T> {
  /** What came last; it stays while something newer is under way. */
  data: T | undefined
  error: string | undefined
  loading: boolean
  /** Ends what is under way; the data stay as they are. */
  stop(): void
  retry(): void
}

/**
 * Loads whenever `key` changes, and ends what is no longer wanted.
 *
 * @param key undefined where there is nothing to load
 */
export function useLoad<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>): Load<T> {
  const [state, setState] = useState<{ data?: T; error?: string; loading: boolean }>({
    loading: key !== undefined,
  })
  const [attempt, setAttempt] = useState(0)
  const [controller, setController] = useState<AbortController>()

  // `load` is made anew with every drawing; what it does depends on `key` alone.
  useEffect(() => {
    if (key === undefined) return
    const abort = new AbortController()
    setController(abort)
    setState(({ data }) => ({ ...(data !== undefined && { data }), loading: true }))
    load(abort.signal).then(
      data => {
        if (!abort.signal.aborted) setState({ data, loading: false })
      },
      error => {
        if (abort.signal.aborted) return
        const words = error instanceof RequestError ? error.message : 'This could not be loaded.'
        setState(({ data }) => ({ ...(data !== undefined && { data }), error: words, loading: false }))
      },
    )
    return () => abort.abort()
  }, [key, attempt])

  const stop = useCallback(() => {
    controller?.abort()
    setState(({ data }) => ({ ...(data !== undefined && { data }), loading: false }))
  }, [controller])
  return {
    data: state.data,
    error: state.error,
    loading: state.loading,
    stop,
    retry: () => setAttempt(attempt + 1),
  }
}
