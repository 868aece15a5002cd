import { DELIVERY_VERSION, type DeliveryEvent } from '../../wire/delivery.js'
import type { Moment } from '../courier/event-time.js'
import type { Draft, DraftStore } from './draft.js'
import type { FlowContext } from './flow-context.js'

/** What all events of a survey have. */
export const baseOf = ({ id, ticket, survey }: Draft, at: number) =>
  ({ v: DELIVERY_VERSION, id, ticket, at, ...(survey && { survey }) }) as const

/** A response without text: what was typed is sent only when the visitor sends it. */
export const toScoreAlone = (draft: Draft): DeliveryEvent => ({
  ...baseOf(draft, draft.at),
  type: 'response',
  score: draft.score as number,
  origin_url: draft.originUrl,
})

/** A score that was chosen in another tab counts: that tab makes the response. */
export const isOverruled = ({ type }: DeliveryEvent, { score }: Draft): boolean =>
  type === 'decline' && score !== undefined

/** Makes the draft final and queues what it became. @returns the event, or undefined where another tab was first */
export async function finish(
  flow: FlowContext,
  drafts: DraftStore,
  make: (draft: Draft) => DeliveryEvent | undefined,
  moment: Moment,
): Promise<DeliveryEvent | undefined> {
  let who = ''
  const event = await drafts.finish(draft => {
    who = draft.who
    return make(draft)
  })
  if (!event) return undefined
  await flow.deliver(event, moment)
  await drafts.queued()
  await flow.spend(who, drafts.key, true)
  if (event.type === 'response') {
    flow.emitter.emit('response', { score: event.score, ...(event.text && { text: event.text }) })
  } else flow.emitter.emit('decline', {})
  return event
}
