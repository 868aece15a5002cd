/**
 * The courier: all that delivers where something went wrong, or where more than page views is to be delivered. A chunk of
 * its own, which from its arrival on does everything that its page records.
 */
import type { WidgetContext } from '../boot/context.js'
import { isOwnerless, OWNERLESS, OWNERLESS_MS } from '../capture/ownerless.js'
import type { Act } from '../capture/record-event.js'
import { within } from '../storage/database.js'
import type { State } from '../storage/shared-state.js'
import { type Clock, createClock } from './event-time.js'
import { createFlusher, type Flusher } from './flusher.js'
import { createLock, type WithLock } from './lock.js'
import { createProblemTeller } from './problem-teller.js'
import { createQueue, type Queue } from './queue.js'
import { makeRoom } from './quota.js'
import { keepUnsaved, recoverUnsaved } from './recover-unsaved.js'
import { settleOwners } from './settle-owners.js'
import { createState, type SharedState } from './state-store.js'
import { createStore, type Store } from './store.js'

/** A chunk that makes room in full storage waits no longer than this for it. */
const MAKE_ROOM_MS = 5_000
/** Page views wait so long for company. */
const GATHER_MS = 2_000

export interface Courier {
  store: Store
  state: SharedState
  queue: Queue
  clock: Clock
  flusher: Flusher
  withLock: WithLock
  /** Stores what the visitor did, and asks for a flush. @param isUrgent at once, whatever failed before */
  record(act: Act, isUrgent?: boolean): Promise<void>
  /** Says whose the page views are that wait for it. @param here identity hash */
  settle(here: string): Promise<void>
}

/** @param seen what the page knows already of what the tabs share */
export function createCourier(context: WidgetContext, seen?: State): Courier {
  const { name, emitter } = context
  const store = createStore(
    name,
    emitter.guard(() => {
      // First, or another tab would create a new anonymous id in the empty database.
      state.restore()
      return queue.restore()
    }),
  )
  const state = createState(store, seen)
  const queue: Queue = createQueue(store, emitter, () =>
    within(MAKE_ROOM_MS, makeRoom({ queue, state, emitter })),
  )
  const clock = createClock()
  const withLock = createLock(name, state)
  const flusher = createFlusher({
    ...context,
    state,
    queue,
    clock,
    withLock,
    onOwnerless: () => settler.settleSoon(),
    onProblem: createProblemTeller(context),
    claim: () => ({ ...context.claim(), anonymous_id: state.get().anonymousId }),
  })
  const parts = { store, state, queue, flusher }
  const settler = createSettler(context, parts)
  flushOnEvents(context, parts)
  flusher.flush()
  emitter.guard(recoverUnsaved)(context, parts)
  return {
    ...parts,
    clock,
    withLock,
    settle: settler.settle,
    record: createRecord(context, parts, { isKnown: !!seen, settler }),
  }
}

/** @param options.isKnown what the core has read already is not waited for: a page that goes in the next moment would lose its first event here */
function createRecord(
  context: WidgetContext,
  { store, state, flusher }: Pick<Courier, 'store' | 'state' | 'flusher'>,
  { isKnown, settler }: { isKnown: boolean; settler: ReturnType<typeof createSettler> },
): Courier['record'] {
  let loading = isKnown ? Promise.resolve() : undefined
  let isFirst = true
  return async (act, isUrgent) => {
    const { event, moment, request, change } = act
    if (change || !loading) loading = state.update(change)
    await loading
    const { known, isOptedOut } = state.get()
    const isAwaited = isOwnerless(state.get(), act) && !store.hasUnpersisted()
    const owner = isAwaited ? OWNERLESS : act.owner
    // First, since a page that goes in the next moment sends what the queue has heard of.
    const added =
      event && !isOptedOut && flusher.add({ ...event, ticket: known[owner]?.ticket }, moment, owner)
    if (event) await state.update(({ views = 0 }) => ({ views: views + 1 }))
    await added
    if (isAwaited) {
      const here = context.identityHash()
      return here ? settler.settle(here) : settler.settleSoon()
    }
    const ask = { ...request, opted_out: isOptedOut, session_page_views: state.get().views }
    flusher.ask(ask, isUrgent || !event ? 0 : GATHER_MS, isUrgent)
    if (isFirst) (window.requestIdleCallback ?? setTimeout)(() => flusher.flush())
    isFirst = false
  }
}

/** Says whose the page views are that wait for it: at once, or when `identify()` has had its time. */
function createSettler(
  context: WidgetContext,
  { store, state, queue, flusher }: Pick<Courier, 'store' | 'state' | 'queue' | 'flusher'>,
) {
  let isSettling = false
  const settle = async (here: string) => {
    await settleOwners({ queue, store, state }, here)
    flusher.undefer()
    flusher.flush()
  }
  const settleSoon = () => {
    if (isSettling) return
    isSettling = true
    setTimeout(
      context.emitter.guard(async () => {
        isSettling = false
        if (!context.isAllowed()) return
        await settle(context.identityHash())
        const { views, isOptedOut } = state.get()
        flusher.ask({ ...context.request(), opted_out: isOptedOut, session_page_views: views })
      }),
      OWNERLESS_MS,
    )
  }
  return { settle, settleSoon }
}

/** Flushes when the page hears of a network, comes back, or is about to go. */
function flushOnEvents(
  context: WidgetContext,
  { store, queue, flusher }: Pick<Courier, 'store' | 'queue' | 'flusher'>,
): void {
  const { listen, isAllowed, signal } = context
  const on = (type: string, work: () => unknown) => listen(type, () => isAllowed() && work())
  const leave = () => {
    keepUnsaved(context, { store, queue })
    flusher.flushOnPageHide()
  }
  on('online', () => flusher.flush(1_000 + Math.random() * 3_000, true))
  // Start no flush during pagehide: the page would enter the back/forward cache holding the Web Lock, and the next page's
  // request for it would evict this one.
  let isGone = false
  on('pagehide', () => {
    isGone = true
    leave()
  })
  on('pageshow', () => {
    isGone = false
    flusher.flush()
  })
  on('visibilitychange', () => isGone || flusher.flush())
  // What memory alone has would go with this widget.
  signal.addEventListener('abort', () => isAllowed() && store.hasUnpersisted() && leave())
}
