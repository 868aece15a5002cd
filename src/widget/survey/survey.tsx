import type { WordName } from '../locales/words.js'
import type { PanelSettings } from '../panel.js'
import { classOf, forClass, type PanelState } from './state.js'

export interface SurveyActions {
  choose(score: number): void
  type(text: string): void
  allowSharing(share: boolean): void
  send(): void
  optOut(): void
  close(): void
}

export interface SurveyProps {
  state: PanelState
  settings: PanelSettings
  /** A string of the language, its placeholders filled. */
  say(name: WordName, values?: Record<string, string>): string
  /** A number in the digits of the language. */
  digits(value: number): string
  actions: SurveyActions
}

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

function Scale({ state, say, digits, actions }: SurveyProps) {
  const ends = { min: digits(0), max: digits(10) }
  return (
    <>
      <div role="radiogroup" aria-labelledby="q" class="scale" part="scale">
        {SCORES.map(score => (
          <label key={score} part={score === state.score ? 'score chosen' : 'score'}>
            <input
              type="radio"
              name="score"
              value={score}
              checked={score === state.score}
              aria-label={say('scoreName', { score: digits(score), ...ends })}
              onClick={() => actions.choose(score)}
            />
            <span>{digits(score)}</span>
          </label>
        ))}
      </div>
      {/* Every choice says both ends in its name. */}
      <div class="ends" part="ends" aria-hidden="true">
        <span>{say('low')}</span>
        <span>{say('high')}</span>
      </div>
    </>
  )
}

function FollowUp({ state, settings, say, actions, score }: SurveyProps & { score: number }) {
  return (
    <div class="more">
      <label for="t" part="follow-up" class="title">
        {forClass(settings.followUp, score) ?? say(classOf(score))}
      </label>
      <div class="field">
        <textarea
          id="t"
          part="text"
          rows={2}
          maxLength={10_000}
          placeholder={forClass(settings.placeholder, score) ?? say('placeholder')}
          value={state.text}
          onInput={event => actions.type(event.currentTarget.value)}
        />
        <button type="button" class="send" part="send" onClick={actions.send}>
          {say('send')}
        </button>
      </div>
      {state.hasFailed && <p class="note">{say('failed')}</p>}
    </div>
  )
}

/** The whole of the panel, in whatever step it is. */
export function Survey(props: SurveyProps) {
  const { state, settings, say, actions } = props
  const { step, score } = state
  const target = settings.recommendTarget || say('target')
  const question = settings.productName
    ? say('question', { product: settings.productName, target })
    : say('questionPlain', { target })
  return (
    <>
      {step === 'question' || step === 'followUp' ? (
        <>
          <p id="q" part="question" class={step === 'question' ? 'title' : 'hidden'}>
            {question}
          </p>
          <Scale {...props} />
          {score !== undefined && <FollowUp {...props} score={score} />}
        </>
      ) : (
        <p id="q" part="thanks" class="title">
          {say(step)}
        </p>
      )}
      {/* Last in order, so that whoever comes by keyboard meets the question before the way out. */}
      <button type="button" class="close" part="close" aria-label={say('close')} onClick={actions.close}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M4 4l8 8M12 4l-8 8" />
        </svg>
      </button>
    </>
  )
}
