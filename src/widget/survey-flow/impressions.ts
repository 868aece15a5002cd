import type { SurveyShowing } from '../../wire/delivery.js'
import { uuid } from '../capture/uuid.js'
import { secondsOf } from '../courier/event-time.js'
import type { Settings } from '../settings/settings.js'
import type { ShownAs } from '../survey/panel-types.js'
import type { Draft, DraftStore } from './draft.js'
import { baseOf } from './final-event.js'
import type { FlowContext } from './flow-context.js'

declare const __VERSION__: string

/** A page that the visitor leaves within it does not count as one on which the survey was seen. */
const STAY_MS = 1_000
/** Of a tablet's shorter side, CSS pixels. */
const MIN_TABLET_PX = 600

/** 32 bits: enough to tell the few wordings of one site apart. */
function hashOf(text: string): string {
  let hash = 0
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) as number)) | 0
  return (hash >>> 0).toString(36)
}

function deviceClass(): NonNullable<SurveyShowing['device']> {
  if (!matchMedia('(pointer: coarse)').matches) return 'desktop'
  return Math.min(screen.width, screen.height) < MIN_TABLET_PX ? 'phone' : 'tablet'
}

/** What is recorded of how a survey stood on the page. */
export const showingOf = ({ form, language, question }: ShownAs): SurveyShowing => ({
  form,
  language,
  wording: hashOf(question),
  version: __VERSION__,
  device: deviceClass(),
})

/** Records that a survey was seen, unless that is recorded of its invitation. */
export async function recordImpression(flow: FlowContext, draft: Draft): Promise<void> {
  if (draft.seenBy === draft.ticket) return
  draft.seenBy = draft.ticket
  const moment = flow.clock.moment()
  await flow.deliverLater({ ...baseOf(draft, secondsOf(moment)), id: uuid(), type: 'impression' }, moment)
}

const isSeenEnough = ({ pages = 0, score }: Draft, settings: Settings): boolean => {
  const { ignoredAfterPages = 3, surveyImmediately } = settings
  return score === undefined && !surveyImmediately && ignoredAfterPages > 0 && pages >= ignoredAfterPages
}

/**
 * Ends a survey that was seen on enough pages: for whom to ask again it counts as a decline, and is none of the records.
 * Another tab that has it on the screen may still make a response of it.
 *
 * @returns whether it was seen on enough pages
 */
export async function endIfIgnored(flow: FlowContext, drafts: DraftStore, draft: Draft): Promise<boolean> {
  if (!isSeenEnough(draft, flow.settings)) return false
  const moment = flow.clock.moment()
  const event = {
    ...baseOf(draft, secondsOf(moment)),
    id: uuid(),
    type: 'impression',
    ignored: true,
  } as const
  await drafts.change({ ignoredMs: Date.now() })
  await flow.spend(draft.who, drafts.key, false)
  await flow.deliverLater(event, moment)
  return true
}

/** Counts the pages on which one showing of a survey is seen. */
export interface SeenPages {
  /** It has been in sight for a while. */
  seen(): void
  /** The page has become another one beneath it. */
  navigated(): void
  stop(): void
}

export function countSeenPages(flow: FlowContext, drafts: DraftStore, draft: Draft): SeenPages {
  let isSeen = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const count = flow.emitter.guard(async () => {
    const isRecorded = recordImpression(flow, draft)
    draft.pages = (draft.pages ?? 0) + 1
    await isRecorded
    await drafts.change({ seenBy: draft.ticket, pages: draft.pages })
  })
  return {
    seen() {
      isSeen = true
      count()
    },
    navigated() {
      clearTimeout(timer)
      if (isSeen) timer = setTimeout(count, STAY_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
