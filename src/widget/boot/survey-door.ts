import type { Verdict } from '../../wire/delivery.js'
import { isOwnerless } from '../capture/ownerless.js'
import { type Act, viewsOf } from '../capture/record-event.js'
import type { State } from '../storage/shared-state.js'
import { unsavedKey } from '../storage/unsaved-events.js'
import type { CloseReason } from '../survey/panel-types.js'
import type { Scheduler } from '../survey-flow/scheduler.js'
import { callCourier } from './call-courier.js'
import type { WidgetCore } from './widget-core.js'

/** Does something with the survey's scheduler, whose chunks are loaded for it, and again after a failure. */
export async function withScheduler(
  core: WidgetCore,
  work: (scheduler: Scheduler) => unknown,
): Promise<void> {
  const { load } = core
  core.scheduler ??= Promise.all([callCourier(core), load('scheduler'), load('panel')]).then(
    ([courier, { createScheduler }, panel]) => createScheduler(core, courier, panel),
  )
  try {
    await work(await core.scheduler)
  } catch (error) {
    core.scheduler = undefined
    throw error
  }
}

/** Puts the question where a verdict says yes and the page wants it by itself. */
export const consider = async (core: WidgetCore, verdict: Verdict | undefined): Promise<void> => {
  if (verdict?.survey && core.isMoment && core.isAllowed())
    await withScheduler(core, ({ consider }) => consider(verdict))
}

export const closeSurvey = ({ scheduler }: WidgetCore, reason: CloseReason) =>
  scheduler?.then(({ close }) => close(reason))

/** Goes by what the device knew as this page's first act was put: a yes that still holds, and what an earlier page left. */
export async function onState(core: WidgetCore, state: State, act: Act): Promise<void> {
  const { known, isSurveyOpen } = state
  const { event, owner } = act
  core.viewsBefore ??= viewsOf(state)
  // A widget that was stopped meanwhile fetches nothing more.
  if ((event && core.hasActed) || owner !== core.identityHash() || !core.isAllowed()) return
  core.hasActed = true
  if (!isOwnerless(state, act)) core.emitter.guard(consider)(core, known[owner]?.verdict)
  // The journal is there where the database was not.
  if (isSurveyOpen || localStorage[core.name]) await withScheduler(core, ({ resume }) => resume())
  else if (localStorage[unsavedKey(core.name)]) callCourier(core)
}
