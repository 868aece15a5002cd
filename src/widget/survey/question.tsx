/** @jsxImportSource ./dom */
import { AT, type Words } from '../locales/messages.js'
import type { Extras } from './extras/extras.js'
import { fill } from './fill.js'
import type { Kept } from './keep-events.js'
import type { PanelSettings } from './panel-types.js'

const SCORES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

export interface QuestionOptions {
  settings: PanelSettings
  words: Words
  extras: Extras | undefined
  /** A score in the digits of the language. */
  digits(score: number): string
  /** @param event the click that it comes of */
  choose(score: number, event: MouseEvent): void
}

export interface Question {
  element: HTMLElement
  /** As it is asked. */
  text: string
  /** Shows which score is chosen; the question steps back behind what comes after it. */
  mark(score: number): void
}

/** In the site's own words, or in the language's. */
function questionOf({ question, productName, recommendTarget }: PanelSettings, words: Words): string {
  const values = { product: productName ?? '', target: recommendTarget || words[AT.target] }
  return fill(question || words[productName ? AT.question : AT.questionPlain], values)
}

export const createCloseButton = (words: Words, close: () => void): HTMLElement => (
  <button type="button" class="close" part="close" aria-label={words[AT.close]} onkept-click={close} />
)

/** The first screen: the question, eleven choices, and what the two ends mean. */
export function createQuestion({ settings, words, extras, digits, choose }: QuestionOptions): Question {
  const text = questionOf(settings, words)
  const [min, max] = [digits(0), digits(10)]

  const choice = (score: number) => {
    const label = (
      <label part="score">
        <input
          type="radio"
          name="score"
          value={score}
          aria-label={fill(words[AT.scoreName], { score: digits(score), min, max })}
          onkept-click={({ detail }: Kept<MouseEvent>) => choose(score, detail)}
        />
        <span aria-hidden="true" translate="no">
          {digits(score)}
        </span>
      </label>
    )
    const hue = extras?.hueOf(score)
    if (hue !== undefined) label.style.setProperty('--hue', `${hue}`)
    return label
  }

  const title = (
    <p id="q" part="question" class="title">
      {text}
    </p>
  )
  const choices = SCORES.map(choice)
  const below = extras?.belowQuestion()
  return {
    text,
    element: (
      <div class="ask">
        {title}
        <div role="radiogroup" aria-labelledby="q" part="scale" class="scale">
          {choices}
        </div>
        {/* Every choice says both ends in its name. */}
        <div class="ends quiet" part="ends" aria-hidden="true">
          <span>{words[AT.low]}</span>
          <span>{words[AT.high]}</span>
        </div>
        {below}
      </div>
    ),
    mark(score) {
      title.classList.add('asked')
      below?.remove()
      for (const [index, label] of choices.entries()) {
        label.setAttribute('part', index === score ? 'score chosen' : 'score')
        ;(label.firstChild as HTMLInputElement).checked = index === score
      }
    },
  }
}
