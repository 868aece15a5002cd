import { useRef, useState } from 'preact/hooks'
import { commentsCsv, download } from './export-files.js'
import type { Session } from './session.js'

/** The export of comments, which may be many: how far it has come, and how to stop it. */
export function useCommentExport(session: Session) {
  const [state, setState] = useState<{ done: number; total: number; error?: string }>()
  const abort = useRef<AbortController>(undefined)
  const start = async (query: string) => {
    abort.current?.abort()
    const controller = new AbortController()
    abort.current = controller
    setState({ done: 0, total: 0 })
    try {
      const text = await commentsCsv(session, query, {
        signal: controller.signal,
        onProgress: (done, total) => setState({ done, total }),
      })
      download('comments.csv', 'text/csv;charset=utf-8', text)
      setState(undefined)
    } catch {
      setState(controller.signal.aborted ? undefined : { done: 0, total: 0, error: 'The export failed.' })
    }
  }
  const view = state && (
    <p class="exporting" role="status">
      {state.error ?? (
        <>
          <progress max={state.total || 1} value={state.done} aria-label="Export" /> {state.done} of{' '}
          {state.total} comments{' '}
          <button type="button" onClick={() => abort.current?.abort()}>
            Stop
          </button>
        </>
      )}
    </p>
  )
  return { start, view }
}
