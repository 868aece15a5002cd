import type { AnswerClass, PerClass } from './panel-types.js'

export const classOf = (score: number): AnswerClass =>
  score > 8 ? 'promoter' : score > 6 ? 'passive' : 'detractor'

/** The site's own for the class of `score`; empty where it gave none. */
export const forClass = (texts: PerClass = '', score: number): string =>
  (typeof texts === 'object' ? texts[classOf(score)] || texts.all : texts) || ''
