import { DELIVERY_VERSION, type Verdict } from '../../wire/delivery.js'
import { type Clock, secondsOf } from '../clock.js'
import type { Emitter } from '../emitter.js'
import type { Flusher } from '../flusher.js'
import type { Loader } from '../loader.js'
import { normalizeUrl } from '../page-views.js'
import type { CloseReason, ShowPanel } from '../panel.js'
import type { Settings } from '../settings.js'
import { learn, type SharedState } from '../state.js'
import type { Store } from '../store.js'
import { uuid } from '../uuid.js'
import { type Conducted, type Core, conduct, resume } from './conduct.js'

/** What the core lends to this chunk. */
export interface Lent {
  /** localStorage key of the journal. */
  name: string
  settings: Settings
  store: Store
  state: SharedState
  emitter: Emitter
  clock: Clock
  flusher: Flusher
  /** Hash of the identity that is here. */
  who(): string
  load: Loader
}

/** Asks, and never twice at once. */
export interface Asking {
  /** Acts on a verdict: after the delay that the site wants, the question appears. */
  consider(verdict: Verdict): void
  /** Takes up what an earlier page left undone: an answer to store, a draft to finish or to go on with. */
  resume(): Promise<void>
  close(reason: CloseReason): void
}

export function createAsking(lent: Lent, showPanel: ShowPanel): Asking {
  const { settings, state, emitter, clock, flusher } = lent
  /** From the moment when it is decided to show it until it is off the screen. */
  let isOpen = false
  let conducted: Conducted | undefined
  let closing: CloseReason | undefined

  const core: Core = {
    ...lent,
    journalKey: lent.name,
    originUrl: () => normalizeUrl(location.href, settings),
    deliver: async (event, moment) => {
      await flusher.add(event, moment)
      flusher.flush(0, true)
    },
    opened: () => state.update(() => ({ isSurveyOpen: true })),
    closed: () => state.update(() => ({ isSurveyOpen: false })),
    answered: who =>
      state.update(now => ({
        ...learn(now, who, { verdict: { survey: false, until: secondsOf(clock.moment()) } }),
        isSurveyOpen: false,
      })),
    optOut: async () => {
      await state.update(() => ({ isOptedOut: true }))
      const moment = clock.moment()
      const ticket = state.get().known[lent.who()]?.ticket
      await core.deliver(
        { v: DELIVERY_VERSION, id: uuid(), type: 'opt_out', at: secondsOf(moment), ticket },
        moment,
      )
    },
    loadMore: lent.load.more,
    loadWords: async code => (await lent.load.words(code)).words,
  }

  const open = async (work: (how: { show: ShowPanel; onEnd(): void }) => Promise<Conducted | undefined>) => {
    if (isOpen) return
    isOpen = true
    const end = () => {
      isOpen = false
      conducted = undefined
    }
    try {
      conducted = await work({ show: showPanel, onEnd: end })
      if (!conducted) end()
      else if (closing) conducted.close(closing)
    } catch (error) {
      end()
      throw error
    }
  }

  return {
    consider: ({ survey, ticket, until }) => {
      if (!survey || !ticket || until < secondsOf(clock.moment())) return
      closing = undefined
      setTimeout(
        emitter.guard(() => {
          if (!closing && !state.get().isOptedOut) return open(how => conduct(core, ticket, how))
        }),
        (settings.timeDelay ?? 0) * 1_000,
      )
    },
    resume: () => open(how => resume(core, how)),
    close: reason => {
      closing = reason
      conducted?.close(reason)
    },
  }
}
