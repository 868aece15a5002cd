import { useEffect, useRef, useState } from 'preact/hooks'
import type { CommentAnswer, CommentsAnswer } from '../../wire/report.js'
import { RequestError, type Session } from '../session.js'

const PAGE = 100
/** Pages that are kept; the others are asked for again when they come into sight. */
const MAX_PAGES = 40

export interface CommentWindow {
  /** Undefined until the first page is there. */
  total: number | undefined
  loading: boolean
  error: string | undefined
  at(index: number): CommentAnswer | undefined
  /** Says which are in sight. */
  want(first: number, last: number): void
  stop(): void
}

/** Comments as they come into sight: a hundred thousand are a number and a few pages. */
export function useCommentWindow(session: Session, query: string | undefined): CommentWindow {
  const [state, setState] = useState<{ total?: number; error?: string; loading: boolean }>({ loading: true })
  const pages = useRef(new Map<number, CommentAnswer[]>())
  const pending = useRef(new Map<number, AbortController>())
  const [, redraw] = useState(0)

  function load(page: number): void {
    if (query === undefined || pages.current.has(page) || pending.current.has(page)) return
    const abort = new AbortController()
    pending.current.set(page, abort)
    setState(({ error: _, ...rest }) => ({ ...rest, loading: true }))
    session
      .get<CommentsAnswer>(
        `/v1/report/comments?${query}&offset=${page * PAGE}&per_page=${PAGE}`,
        abort.signal,
      )
      .then(({ total, comments }) => {
        if (abort.signal.aborted) return
        pages.current.delete(page)
        pages.current.set(page, comments)
        const [oldest] = pages.current.keys()
        if (pages.current.size > MAX_PAGES && oldest !== undefined) pages.current.delete(oldest)
        pending.current.delete(page)
        setState({ total, loading: pending.current.size > 0 })
        redraw(n => n + 1)
      })
      .catch(error => {
        if (abort.signal.aborted) return
        pending.current.delete(page)
        const words = error instanceof RequestError ? error.message : 'The comments could not be loaded.'
        setState(({ total }) => ({ ...(total !== undefined && { total }), error: words, loading: false }))
      })
  }

  function stop(): void {
    for (const abort of pending.current.values()) abort.abort()
    pending.current.clear()
    setState(rest => ({ ...rest, loading: false }))
  }

  useEffect(() => {
    pages.current.clear()
    load(0)
    return stop
  }, [query])

  return {
    total: state.total,
    loading: state.loading,
    error: state.error,
    at: index => pages.current.get(Math.floor(index / PAGE))?.[index % PAGE],
    want(first, last) {
      const [from, to] = [Math.floor(first / PAGE), Math.floor(last / PAGE)]
      for (const [page, abort] of pending.current) {
        // Whoever scrolls on does not wait for what is out of sight.
        if (page >= from - 1 && page <= to + 1) continue
        abort.abort()
        pending.current.delete(page)
      }
      for (let page = from; page <= to; page++) load(page)
    },
    stop,
  }
}
