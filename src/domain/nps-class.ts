/** From this score on a response is a promoter's; from that one on a passive's; below, a detractor's. */
export const PROMOTER_FROM = 9
export const PASSIVE_FROM = 7

/** The classes of the Net Promoter Score with their least and their highest score. Every score is in one of them. */
export const NPS_CLASSES = {
  promoters: [PROMOTER_FROM, 10],
  passives: [PASSIVE_FROM, PROMOTER_FROM - 1],
  detractors: [0, PASSIVE_FROM - 1],
} as const

export type NpsClass = keyof typeof NPS_CLASSES

/** The class of a score from 0 to 10. */
export const npsClassOf = (score: number): NpsClass =>
  score >= PROMOTER_FROM ? 'promoters' : score >= PASSIVE_FROM ? 'passives' : 'detractors'
