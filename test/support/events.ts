import { randomUUID } from 'node:crypto'
import {
  type Batch,
  DELIVERY_VERSION,
  type DeclineEvent,
  type ImpressionEvent,
  type OptOutEvent,
  type PageViewEvent,
  type ResponseEvent,
} from '../../src/wire/delivery.js'

const base = () => ({ v: DELIVERY_VERSION, id: randomUUID(), at: Math.floor(Date.now() / 1_000) }) as const

export const pageView = (part: Partial<PageViewEvent> = {}): PageViewEvent => ({
  ...base(),
  type: 'page_view',
  url: 'https://shop.example/',
  ...part,
})

export const response = (part: Partial<ResponseEvent> = {}): ResponseEvent => ({
  ...base(),
  type: 'response',
  score: 9,
  origin_url: 'https://shop.example/',
  ...part,
})

export const decline = (part: Partial<DeclineEvent> = {}): DeclineEvent => ({
  ...base(),
  type: 'decline',
  origin_url: 'https://shop.example/',
  ...part,
})

export const impression = (part: Partial<ImpressionEvent> = {}): ImpressionEvent => ({
  ...base(),
  type: 'impression',
  ...part,
})

export const optOut = (part: Partial<OptOutEvent> = {}): OptOutEvent => ({
  ...base(),
  type: 'opt_out',
  ...part,
})

export const batchOf = (part: Partial<Batch> = {}): Batch => ({
  v: DELIVERY_VERSION,
  id: randomUUID(),
  events: [],
  ...part,
})
