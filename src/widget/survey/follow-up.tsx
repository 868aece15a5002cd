import type { ComponentChild } from 'preact'
import type { Kept } from './keep-events.js'
import type { PanelState } from './state.js'

export interface FollowUpProps {
  state: PanelState
  title: string
  placeholder: string
  sendLabel: string
  failed: string
  type(text: string): void
  send(): void
  /** What the site asks beside the text. */
  children: ComponentChild
}

/** The second screen, beneath the question: why the visitor chose that score. */
export const FollowUp = ({
  state,
  title,
  placeholder,
  sendLabel,
  failed,
  type,
  send,
  children,
}: FollowUpProps) => (
  <>
    {/* A new element for new words, since translators put elements of theirs in the place of texts. */}
    <label key={title} for="t" part="follow-up" class="title">
      {title}
    </label>
    <div class="field">
      <textarea
        id="t"
        part="text"
        rows={2}
        placeholder={placeholder}
        value={state.text}
        onkept-input={({ target }: Kept) => type((target as HTMLTextAreaElement).value)}
      />
      <button type="button" class="send" part="send" onkept-click={send}>
        {sendLabel}
      </button>
    </div>
    {children}
    {state.hasFailed && <p part="failed">{failed}</p>}
  </>
)
