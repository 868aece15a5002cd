import type { Endpoint } from '../endpoint.js'
import { createPageView } from '../request/schemas.js'
import { countPageView, discountPageView } from '../storage/end-user-counters.js'
import { type RecordKind, recordEndpoints } from './record-endpoints.js'
import { pageViewSchema, serialisePageView } from './serialise-page-view.js'
import type { Services } from './services.js'

const PAGE_VIEWS: RecordKind<'page_views', typeof createPageView> = {
  table: 'page_views',
  one: 'page view',
  parameters: createPageView,
  row: (base, { at, url }, nowMs) => ({
    ...base,
    url: url ?? null,
    at_s: at ?? Math.floor(nowMs / 1_000),
    created_ms: nowMs,
  }),
  inserted: countPageView,
  deleted: discountPageView,
  serialise: serialisePageView,
  schema: pageViewSchema,
}

/** Section "Page Views". */
export const pageViewEndpoints = (services: Services): Endpoint[] => recordEndpoints(services, PAGE_VIEWS)
