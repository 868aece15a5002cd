import type { AnswerClass, PerClass } from '../panel.js'

/** Where the visitor is: the question alone, the question answered, the answer sent, or sent away for good. */
export type Step = 'question' | 'followUp' | 'thanks' | 'optedOut'

export interface PanelState {
  step: Step
  score?: number
  text: string
  share: boolean
  /** An answer is on its way to the store. */
  isSending: boolean
  /** The store refused it. */
  hasFailed: boolean
}

export const classOf = (score: number): AnswerClass =>
  score > 8 ? 'promoter' : score > 6 ? 'passive' : 'detractor'

/** The site's text for the class of `score`, or undefined where it gave none. */
export const forClass = (texts: PerClass | undefined, score: number): string | undefined =>
  (typeof texts === 'object' ? texts[classOf(score)] || texts.all : texts) || undefined
