import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { npsClassOf } from '../../domain/nps-class.js'
import type { CommentAnswer } from '../../wire/report.js'
import type { Format } from '../format.js'
import type { Session } from '../session.js'
import { useLoad } from '../use-load.js'
import { nameOf } from './segments.js'
import { useCommentWindow } from './use-window.js'

/** Every row is as high, so that where one stands follows from its number. */
const ROW = 88
/** Rows beyond the edges, for the next turn of the wheel. */
const BEYOND = 6
const TYPING_MS = 300

const CLASSES = ['promoters', 'passives', 'detractors'] as const

interface CommentsProps {
  session: Session
  /** Range and filters, as the API takes them; undefined until they are known. */
  parameters: string | undefined
  search: string
  classes: string
  /** The one that is opened. */
  opened: number | undefined
  format: Format
  onSearch(search: string): void
  onClasses(classes: string): void
  onOpen(id: number | undefined): void
}

/** What people wrote: searched, filtered, and drawn only where it is in sight. */
export function Comments(props: CommentsProps) {
  const { session, parameters, search, classes, opened, format, onSearch, onClasses, onOpen } = props
  const query =
    parameters &&
    [parameters, search && `search=${encodeURIComponent(search)}`, classes && `class=${classes}`]
      .filter(Boolean)
      .join('&')
  const list = useCommentWindow(session, query)
  return (
    <section class="card comments" aria-labelledby="comments">
      <header>
        <h2 id="comments">
          Comments {list.total !== undefined && <span class="quiet">{format.count(list.total)}</span>}
        </h2>
        <Search search={search} onSearch={onSearch} />
        <fieldset class="toggles">
          <legend class="visually-hidden">Classes</legend>
          {CLASSES.map(name => {
            const chosen = classes.split(',').filter(Boolean)
            const others = chosen.filter(one => one !== name)
            return (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={chosen.includes(name)}
                  onChange={() => onClasses((chosen.includes(name) ? others : [...chosen, name]).join(','))}
                />
                <i class={`swatch ${name}`} aria-hidden="true" /> {name}
              </label>
            )
          })}
        </fieldset>
      </header>
      {list.error && (
        <p class="error" role="alert">
          {list.error}
        </p>
      )}
      {list.total === 0 && (
        <p class="quiet">
          {search || classes
            ? 'Nothing matches. Try fewer words or more classes.'
            : 'Nobody wrote anything in this time.'}
        </p>
      )}
      {list.total !== undefined && list.total > 0 && (
        <Rows key={query} list={list} total={list.total} format={format} onOpen={onOpen} />
      )}
      {opened !== undefined && (
        <OpenComment
          key={opened}
          id={opened}
          session={session}
          format={format}
          onClose={() => onOpen(undefined)}
        />
      )}
    </section>
  )
}

function Search({ search, onSearch }: Pick<CommentsProps, 'search' | 'onSearch'>) {
  const [typed, setTyped] = useState(search)
  useEffect(() => {
    if (typed === search) return
    const timer = setTimeout(() => onSearch(typed), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <label class="search">
      <span class="visually-hidden">Search the comments</span>
      <input
        type="search"
        placeholder="Search"
        maxLength={200}
        value={typed}
        onInput={event => setTyped(event.currentTarget.value)}
      />
    </label>
  )
}

interface RowsProps {
  list: ReturnType<typeof useCommentWindow>
  total: number
  format: Format
  onOpen(id: number): void
}

function Rows({ list, total, format, onOpen }: RowsProps) {
  const ref = useRef<HTMLDivElement>(null)
  const [sight, setSight] = useState({ first: 0, count: 12 })

  function look() {
    const box = ref.current
    if (!box) return
    const first = Math.max(0, Math.floor(box.scrollTop / ROW) - BEYOND)
    const count = Math.ceil(box.clientHeight / ROW) + 2 * BEYOND
    setSight(known => (known.first === first && known.count === count ? known : { first, count }))
  }

  useLayoutEffect(look, [])
  const end = Math.min(total, sight.first + sight.count)
  useEffect(() => list.want(sight.first, Math.max(0, end - 1)), [sight.first, end])
  const rows = Array.from({ length: Math.max(0, end - sight.first) }, (_, i) => sight.first + i)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section ref={ref} class="rows" tabIndex={0} aria-label="Comments, list" onScroll={look}>
      {/* biome-ignore lint/a11y/useSemanticElements: a list whose items are mostly not there says how long it is. */}
      <div role="list" class="all" style={{ blockSize: `${total * ROW}px` }}>
        {rows.map(index => (
          <Row
            key={index}
            index={index}
            total={total}
            comment={list.at(index)}
            format={format}
            onOpen={onOpen}
          />
        ))}
      </div>
    </section>
  )
}

interface RowProps {
  index: number
  total: number
  comment: CommentAnswer | undefined
  format: Format
  onOpen(id: number): void
}

const said = ({ end_user, level }: CommentAnswer): string =>
  level === 'anonymous' ? 'somebody' : (end_user.email ?? `end user ${end_user.id}`)

function Row({ index, total, comment, format, onOpen }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the list.
    <div
      role="listitem"
      class="row"
      aria-posinset={index + 1}
      aria-setsize={total}
      style={{ transform: `translateY(${index * ROW}px)` }}
    >
      {comment ? (
        <>
          <ScoreMark score={comment.score} format={format} />
          <div class="said">
            <p dir="auto" class="text">
              {comment.text}
            </p>
            <p class="who">
              <a
                href={`#comment=${comment.id}`}
                onClick={event => {
                  event.preventDefault()
                  onOpen(comment.id)
                }}
              >
                <time dateTime={comment.created_at}>{format.dateTime(comment.created_at)}</time>
              </a>{' '}
              <bdi>{said(comment)}</bdi>
              <Facts comment={comment} />
            </p>
          </div>
        </>
      ) : (
        <div class="skeleton" />
      )}
    </div>
  )
}

function ScoreMark({ score, format }: { score: number; format: Format }) {
  return (
    <span class={`score-mark ${npsClassOf(score)}`}>
      <span class="visually-hidden">Score </span>
      {format.count(score)}
    </span>
  )
}

function Facts({ comment }: { comment: CommentAnswer }) {
  const facts = Object.entries(comment.properties).filter(([, value]) => value !== null && value !== '')
  return (
    <>
      {facts.slice(0, 3).map(([name, value]) => (
        <span key={name} class="fact" title={nameOf(name)}>
          {String(value)}
        </span>
      ))}
    </>
  )
}

interface OpenCommentProps {
  id: number
  session: Session
  format: Format
  onClose(): void
}

/** One comment with all that is known of it, at an address of its own. */
function OpenComment({ id, session, format, onClose }: OpenCommentProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const load = useLoad(`comment ${id}`, signal =>
    session.get<CommentAnswer>(`/v1/report/comments/${id}`, signal),
  )
  useEffect(() => {
    ref.current?.showModal()
  }, [])
  const comment = load.data
  const facts = comment && {
    Given: format.dateTime(comment.created_at),
    By: said(comment),
    Page: comment.origin_url ?? '',
    Identity: comment.level,
    Form: comment.form,
    Language: comment.language,
    Device: comment.device,
    ...Object.fromEntries(
      Object.entries(comment.properties).map(([name, value]) => [nameOf(name), String(value)]),
    ),
  }
  return (
    <dialog ref={ref} class="open" aria-label="Comment" onClose={onClose}>
      {load.error && <p class="error">{load.error}</p>}
      {comment && facts && (
        <>
          <ScoreMark score={comment.score} format={format} />
          <p class="text" dir="auto">
            {comment.text}
          </p>
          <dl>
            {Object.entries(facts)
              .filter(([, value]) => value !== '')
              .map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <bdi>{value}</bdi>
                  </dd>
                </div>
              ))}
          </dl>
        </>
      )}
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
