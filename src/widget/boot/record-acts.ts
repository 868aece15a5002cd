import { DELIVERY_VERSION } from '../../wire/delivery.js'
import { OWNERLESS_MS } from '../capture/ownerless.js'
import { mayRecord } from '../capture/privacy-signals.js'
import type { Act } from '../capture/record-event.js'
import { uuid } from '../capture/uuid.js'
import { deviceMoment, secondsOf } from '../courier/event-time.js'
import { nowMs } from './platform.js'
import { recordAct } from './recorder.js'
import type { WidgetCore } from './widget-core.js'

/** All that must be known at its moment. @param url of a page view; absent: only a verdict is wanted */
const makeAct = ({ arrived, identityHash, claim, request }: WidgetCore, url?: string): Act => {
  const moment = arrived?.clock.moment() ?? deviceMoment()
  return {
    event: url
      ? { v: DELIVERY_VERSION, id: uuid(), type: 'page_view', at: secondsOf(moment), url }
      : undefined,
    moment,
    owner: identityHash(),
    claim: claim(),
    request: request(),
  }
}

const record = (core: WidgetCore, act: Act, isUrgent?: boolean): Promise<void> => {
  const change = core.logOut
  core.logOut = undefined
  core.hasBegun = true
  core.earlyUntilMs ||= nowMs() + OWNERLESS_MS
  const mayWait = !act.owner && nowMs() < core.earlyUntilMs
  return recordAct(core, { ...act, change, mayWait, isLater: !!core.settings.identity }, isUrgent)
}

/** Asks for a verdict. @param isUrgent whatever failed before */
export const ask = async (core: WidgetCore, isUrgent?: boolean): Promise<void> => {
  if (core.isAllowed()) await record(core, makeAct(core), isUrgent)
}

/** Records what waited for consent; where nothing did, asks for a verdict. */
export const start = async (core: WidgetCore): Promise<void> => {
  if (!core.isAllowed()) return
  const views = core.slot.pending?.splice(0) ?? []
  await Promise.all(views[0] ? views.map(view => record(core, view)) : [ask(core)])
}

/** @returns records a page view, of several under one address in one task the first */
export function createView(core: WidgetCore): (url: string) => Promise<void> {
  const inThisTick = new Set<string>()
  return core.emitter.guard(async (url: string) => {
    core.viewsHere++
    core.scheduler?.then(({ navigated }) => navigated())
    if (!url || !mayRecord(core.settings) || inThisTick.has(url)) return
    inThisTick.add(url)
    setTimeout(() => inThisTick.clear())
    const act = makeAct(core, url)
    if (core.consent === 'pending') core.slot.pending?.push(act)
    if (core.isAllowed()) await record(core, act)
  })
}
