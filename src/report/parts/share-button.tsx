import { useRef, useState } from 'preact/hooks'

interface ShareButtonProps {
  /** @returns the link */
  onShare(days: number): Promise<string>
}

/** Makes a link to the figures, in a dialog. */
export function ShareButton({ onShare }: ShareButtonProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const [link, setLink] = useState<string>()
  const [days, setDays] = useState(30)
  const [told, setTold] = useState('')
  const share = async () => {
    try {
      setLink(await onShare(days))
      setTold('The link is made.')
    } catch {
      setTold('The link could not be made.')
    }
  }
  return (
    <>
      <button
        type="button"
        onClick={() => {
          setLink(undefined)
          setTold('')
          ref.current?.showModal()
        }}
      >
        Share
      </button>
      <dialog ref={ref} aria-labelledby="share">
        <h2 id="share">Share these figures</h2>
        <p>
          Whoever has the link sees the figures as they are filtered now, without comments, until it expires.
        </p>
        <label>
          Days
          <input
            type="number"
            min={1}
            max={366}
            value={days}
            onInput={event => setDays(Number(event.currentTarget.value))}
          />
        </label>
        {link && (
          <label>
            Link
            <input type="text" readOnly value={link} onFocus={event => event.currentTarget.select()} />
          </label>
        )}
        <p class="quiet" role="status">
          {told}
        </p>
        <form method="dialog" class="buttons">
          <button type="button" class="main" onClick={share}>
            Make a link
          </button>
          {link && (
            <button
              type="button"
              onClick={() =>
                navigator.clipboard?.writeText(link).then(
                  () => setTold('Copied.'),
                  () => setTold('Copy it by hand: the browser does not let the page.'),
                )
              }
            >
              Copy
            </button>
          )}
          <button type="submit">Close</button>
        </form>
      </dialog>
    </>
  )
}
