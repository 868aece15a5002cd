/** @jsxImportSource ./dom */
import type { Words } from '../locales/messages.js'
import type { Extras } from './extras/extras.js'
import { fetchAnswerSteps } from './fetch-parts.js'
import type { Frame } from './frame.js'
import type { AnswerSteps, AnswerStepsOptions, PanelOptions } from './panel-types.js'
import type { Question } from './question.js'
import type { PanelState } from './state.js'
import type { Taps } from './taps.js'

export interface ScreensOptions extends Pick<AnswerStepsOptions, 'type' | 'send' | 'signal'> {
  options: PanelOptions
  words: Words
  frame: Frame
  taps: Taps
  question: Question
  extras: Extras | undefined
}

export interface Screens {
  /** Whether the screens after the question are at hand. */
  isComplete(): boolean
  /** Fetches them, where they are not. Never rejects. */
  complete(): Promise<void>
  /** Draws what `state` asks for. @returns what there is to be said to screen readers; nothing without those screens */
  show(state: PanelState, isFirst?: boolean): string
  /** Draws a word in the place of all that would come after the question. */
  showWord(text: string): void
  /** The same in the place of the question, too. */
  showLastWord(text: string): void
}

/** Draws the screens: the question at once, those after it as soon as their chunk is there. */
export function createScreens(given: ScreensOptions): Screens {
  const { options, words, frame, taps, question, extras, signal, type, send } = given
  const { panel, rest } = frame
  let steps: AnswerSteps | undefined
  const put = (text: string, id?: string) => {
    rest.textContent = ''
    rest.append(
      <p id={id} part="thanks" class="title word">
        {text}
      </p>,
    )
  }
  return {
    isComplete: () => !!steps,
    async complete() {
      const createSteps = steps ? undefined : await fetchAnswerSteps(options)
      if (!createSteps || steps || signal.aborted) return
      rest.textContent = ''
      const { settings, onSeen } = options
      steps = createSteps({ settings, words, panel, rest, extras, signal, type, send, onSeen })
      frame.addStyles(steps.css)
    },
    show(state, isFirst) {
      const { score, isSent } = state
      const change = () => {
        if (isSent) question.element.remove()
        else if (score !== undefined) question.mark(score)
      }
      if (steps) return steps.show(state, { holdMs: taps.leftMs(), isFirst, change })
      change()
      return ''
    },
    showWord: put,
    showLastWord(text) {
      question.element.remove()
      put(text, 'q')
    },
  }
}
