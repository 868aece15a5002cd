import { PASSIVE_FROM, PROMOTER_FROM } from '../../domain/nps-class.js'
import type { AnswerClass, PerClass } from './panel-types.js'

export const classOf = (score: number): AnswerClass =>
  score >= PROMOTER_FROM ? 'promoter' : score >= PASSIVE_FROM ? 'passive' : 'detractor'

/** The site's own for the class of `score`; empty where it gave none. */
export const forClass = (texts: PerClass = '', score: number): string =>
  (typeof texts === 'object' ? texts[classOf(score)] || texts.all : texts) || ''
