import type { JSX } from 'preact'
import type { Words } from '../locales/messages.js'
import type { More } from './extras/extras.js'
import { fill } from './fill.js'
import type { Kept } from './keep-events.js'
import { classOf, forClass } from './nps-class.js'
import type { PanelSettings } from './panel-types.js'
import type { PanelState } from './state.js'

export interface SurveyOptions {
  settings: PanelSettings
  words: Words
  /** BCP 47. */
  lang: string
  more: More | undefined
  /** @param event the click that it comes of */
  choose(score: number, event: MouseEvent): void
  type(text: string): void
  send(): void
  close(): void
}

/** How the panel's inside looks in each state; plain functions of it, since nothing in here has a life of its own. */
export function createSurvey(options: SurveyOptions) {
  const { settings, words, lang, more, choose, type, send, close } = options
  // In the order of locales/messages.ts; `extras.ts` has the rest.
  const [
    named,
    plain,
    someone,
    low,
    high,
    scoreName,
    promoter,
    passive,
    detractor,
    hint,
    sendLabel,
    failed,
    thanks,
    closeLabel,
    announce,
  ] = words
  const digits = new Intl.NumberFormat(lang).format
  const { question: own, productName: product = '', recommendTarget, followUp, placeholder } = settings
  const target = recommendTarget || someone
  const question = fill(own || (product ? named : plain), { product, target })
  const followUps = { promoter, passive, detractor }
  const followUpOf = (score: number) => forClass(followUp, score) || followUps[classOf(score)]

  const choice = (score: number, isChosen: boolean) => (
    <label part={isChosen ? 'score chosen' : 'score'} style={more && `--hue:${more.hueOf(score)}`}>
      <input
        type="radio"
        name="score"
        value={score}
        checked={isChosen}
        aria-label={fill(scoreName, { score: digits(score), min: digits(0), max: digits(10) })}
        onkept-click={({ detail }: Kept<MouseEvent>) => choose(score, detail)}
      />
      <span aria-hidden="true" translate={false}>
        {digits(score)}
      </span>
    </label>
  )

  const asking = (state: PanelState, { score: chosen } = state) => (
    <>
      <p id="q" part="question" class={chosen === undefined ? 'title' : 'title asked'}>
        {question}
      </p>
      <div role="radiogroup" aria-labelledby="q" part="scale" class="scale">
        {[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(score => choice(score, score === chosen))}
      </div>
      {/* Every choice says both ends in its name. */}
      <div class="ends quiet" part="ends" aria-hidden="true">
        <span>{low}</span>
        <span>{high}</span>
      </div>
      {chosen === undefined ? more?.belowQuestion() : following(state, chosen)}
    </>
  )

  const following = (state: PanelState, score: number) => (
    <>
      <label key={followUpOf(score)} for="t" part="follow-up" class="title">
        {followUpOf(score)}
      </label>
      <div class="field">
        <textarea
          id="t"
          part="text"
          rows={2}
          placeholder={forClass(placeholder, score) || hint}
          value={state.text}
          onkept-input={({ target }: Kept) => type((target as HTMLTextAreaElement).value)}
        />
        <button type="button" class="send" part="send" onkept-click={send}>
          {sendLabel}
        </button>
      </div>
      {more?.belowText(state)}
      {state.hasFailed && <p part="failed">{failed}</p>}
    </>
  )

  return (state: PanelState): JSX.Element => {
    const { score, isSent, hasFailed } = state
    const farewell =
      state.farewell || (isSent && score !== undefined && (forClass(settings.thanks, score) || thanks))
    const asked = score === undefined ? question : followUpOf(score)
    const heard = state.isTyped && score !== undefined ? `${digits(score)}. ${asked}` : asked
    const news = farewell || (hasFailed ? failed : state.isNew ? fill(announce, { question: asked }) : heard)
    return (
      <>
        <div class="hidden" role="status">
          {state.isLoud && <span key={news}>{news}</span>}
        </div>
        <div class="body">
          {farewell ? (
            <>
              <p id="q" key={farewell} part="thanks" class="title">
                {farewell}
              </p>
              {isSent && more?.afterThanks(state)}
            </>
          ) : (
            asking(state)
          )}
          {/* Last in order, so that whoever comes by keyboard meets the question before the way out. */}
          <button type="button" class="close" part="close" aria-label={closeLabel} onkept-click={close} />
        </div>
      </>
    )
  }
}
