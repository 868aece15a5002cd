import { randomUUID } from 'node:crypto'
import type {
  Batch,
  DeclineEvent,
  OptOutEvent,
  PageViewEvent,
  ResponseEvent,
} from '../../src/wire/delivery.js'

const common = () => ({ v: 1 as const, id: randomUUID(), at: Math.floor(Date.now() / 1_000) })
const PAGE = 'https://shop.example/page'

export const pageView = (more: Partial<PageViewEvent> = {}): PageViewEvent => ({
  ...common(),
  type: 'page_view',
  url: PAGE,
  ...more,
})
export const response = (more: Partial<ResponseEvent> = {}): ResponseEvent => ({
  ...common(),
  type: 'response',
  score: 9,
  origin_url: PAGE,
  ...more,
})
export const decline = (more: Partial<DeclineEvent> = {}): DeclineEvent => ({
  ...common(),
  type: 'decline',
  origin_url: PAGE,
  ...more,
})
export const optOut = (more: Partial<OptOutEvent> = {}): OptOutEvent => ({
  ...common(),
  type: 'opt_out',
  ...more,
})

export const batchOf = (more: Partial<Batch> = {}): Batch => ({ v: 1, id: randomUUID(), events: [], ...more })
