import { DELIVERY_VERSION, type Verdict, type VerdictRequest } from '../wire/delivery.js'
import type { Conducted, ConductOptions, Core } from './answer/conduct.js'
import type { Clock } from './clock.js'
import type { Emitter } from './emitter.js'
import type { Flusher } from './flusher.js'
import type { IdentityStore } from './identity.js'
import type { Loader } from './loader.js'
import { normalizeUrl } from './page-views.js'
import type { CloseReason } from './panel.js'
import type { Settings } from './settings.js'
import type { Store } from './store.js'
import { uuid } from './uuid.js'

/** When to ask: the verdict, the page's own wishes, and never two surveys at once. */
export interface Asking {
  onVerdict(verdict: Verdict): void
  /** Puts the question as soon as there is a yes, whatever the settings say of the right moment. */
  now(): void
  /** Uses a yes of an earlier page, which may be all that an offline visitor has. */
  remembered(): void
  /** Takes up what an earlier page left undone: an answer to store, a draft to finish or to go on with. */
  resume(): Promise<void>
  close(reason: CloseReason): Promise<void>
}

export interface AskingOptions {
  name: string
  settings: Settings
  load: Loader
  store: Store
  emitter: Emitter
  clock: Clock
  identity: IdentityStore
  flusher: Flusher
  request(): VerdictRequest
}

export function createAsking(options: AskingOptions): Asking {
  const { name, settings, load, store, emitter, clock, identity, flusher, request } = options
  const { guard } = emitter
  let isMoment = settings.autoSurvey !== false && !settings.eventName
  let open: Promise<Conducted | undefined> | undefined

  const core: Core = {
    store,
    emitter,
    clock,
    settings,
    journalKey: name,
    who: identity.who,
    originUrl: () => normalizeUrl(location.href, settings),
    deliver: async (event, moment) => {
      await flusher.add(event, moment)
      flusher.flush(0, true)
    },
    answered: who =>
      identity.learn(who, { verdict: { survey: false, until: Math.floor(clock.nowMs() / 1_000) } }),
    optOut: async () => {
      await identity.optOut()
      const moment = clock.moment()
      const { ticket } = identity.known()
      await core.deliver(
        {
          v: DELIVERY_VERSION,
          id: uuid(),
          type: 'opt_out',
          at: Math.floor(moment.atMs / 1_000),
          ...(ticket && { ticket }),
        },
        moment,
      )
    },
    loadWords: code => load.words(code).then(({ words }) => words),
  }

  type Chunk = Awaited<ReturnType<Loader['panel']>>

  const show = async (work: (chunk: Chunk, options: ConductOptions) => Promise<Conducted | undefined>) => {
    const shown = load.panel().then(chunk =>
      work(chunk, {
        show: chunk.showPanel,
        onEnd: () => {
          open = undefined
        },
      }),
    )
    open = shown
    try {
      if (!(await shown)) open = undefined
    } catch (error) {
      open = undefined
      throw error
    }
  }

  const consider = ({ survey, ticket, until }: Verdict) => {
    if (!survey || !ticket || !isMoment || until < clock.nowMs() / 1_000) return
    setTimeout(
      guard(() => {
        if (!open && !identity.isOptedOut()) return show((chunk, how) => chunk.conduct(core, ticket, how))
      }),
      (settings.timeDelay ?? 0) * 1_000,
    )
  }

  const remembered = () => {
    const { verdict } = identity.known()
    if (verdict) consider(verdict)
  }

  return {
    onVerdict: verdict => {
      emitter.emit('verdict', verdict)
      consider(verdict)
    },
    now: () => {
      isMoment = true
      remembered()
      flusher.ask(request())
      flusher.flush(0, true)
    },
    remembered,
    resume: async () => {
      const [draft] = (await store.getMany(['s|draft'])) as [{ score?: number; isQueued?: true } | undefined]
      let journal: unknown
      try {
        journal = localStorage.getItem(name)
      } catch {
        // Storage is blocked: then nothing was left in it either.
      }
      if (journal || (draft?.score !== undefined && !draft.isQueued)) {
        await show((chunk, how) => chunk.resume(core, how))
      }
    },
    close: async reason => (await open)?.close(reason),
  }
}
