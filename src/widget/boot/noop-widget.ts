import type { Widget } from './widget-api.js'

const nothing = () => undefined

/** What there is on a server and in a worker: it takes every call, and does nothing, so that the same code renders there. */
export const noopWidget: Widget = {
  page: nothing,
  identify: nothing,
  reset: nothing,
  configure: nothing,
  survey: nothing,
  event: nothing,
  consent: nothing,
  preview: nothing,
  stop: nothing,
  on: () => nothing,
  explain: async () => ({
    survey: false,
    gates: [
      {
        gate: 'running',
        open: false,
        value: 'no page',
        sentence:
          'There is no page here: on a server and in a worker nothing is recorded, and nobody is asked.',
      },
    ],
  }),
  queue: {
    inspect: async () => ({ waiting: [], failed: [], attempts: 0 }),
    resend: async () => 0,
  },
  forget: async () => undefined,
}
