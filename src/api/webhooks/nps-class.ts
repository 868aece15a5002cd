import type { WebhookClass } from '../../wire/webhook.js'

/** Promoters 9–10, passives 7–8, detractors 0–6. */
export const npsClass = (score: number): WebhookClass =>
  score >= 9 ? 'promoter' : score >= 7 ? 'passive' : 'detractor'
