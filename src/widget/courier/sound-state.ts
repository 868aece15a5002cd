import type { Known, State } from '../storage/shared-state.js'
import { MAX_AGE_S } from './event-time.js'

type Samples<T> = { readonly [K in keyof Required<T>]: unknown }

/** A value of each field's type. */
const STATE: Samples<State> = {
  anonymousId: '',
  session: '',
  isOptedOut: true,
  named: '',
  views: 0,
  known: {},
  attempts: 0,
  notBeforeMs: 0,
  suspects: 0,
  dead: 0,
  evicted: {},
  isSurveyOpen: true,
  leaseUntilMs: 0,
}
const KNOWN: Samples<Known> = { ticket: '', verdict: {}, answeredS: 0 }
const VERDICT: Samples<NonNullable<Known['verdict']>> = {
  survey: true,
  until: 0,
  ticket: '',
  level: '',
  gates: [],
}
const EVICTED = { page_view: 0, response: 0 }

const isLike = (value: unknown, sample: unknown): boolean =>
  typeof value === typeof sample &&
  value !== null &&
  Array.isArray(value) === Array.isArray(sample) &&
  (typeof value !== 'number' || (value >= 0 && value < Infinity))

/** Without the fields that are of another type than their sample; one that has none is a later release's, and stays. */
const pick = (value: object, samples: object): object =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([name, field]) => !(name in samples) || isLike(field, samples[name as keyof typeof samples]),
    ),
  )

/** They travel, so nothing else may be among them. */
const soundCounts = (evicted: object): NonNullable<State['evicted']> => {
  const { page_view = 0, response = 0 } = pick(evicted, EVICTED) as NonNullable<State['evicted']>
  return { page_view, response }
}

/**
 * What tabs share, as far as it is sound: a fault of the disk, or another script of the origin, may have written anything
 * there. What is corrupt is absent, and made anew where it is needed.
 */
export function soundState(old: unknown): State | undefined {
  if (!isLike(old, {})) return undefined
  const state = pick(old as object, STATE) as Partial<State>
  const known = Object.entries(state.known ?? {}).flatMap(([owner, given]): [string, Known][] => {
    if (!isLike(given, {})) return []
    const { verdict, answeredS = 0, ...rest } = pick(given, KNOWN) as Known
    // By a clock that was years ahead: nobody would be asked until then.
    const isPast = answeredS < Date.now() / 1_000 + MAX_AGE_S
    return [
      [
        owner,
        {
          ...rest,
          ...(verdict && { verdict: pick(verdict, VERDICT) as typeof verdict }),
          ...(answeredS && isPast && { answeredS }),
        },
      ],
    ]
  })
  return {
    ...state,
    // `stateFrom` makes another one.
    anonymousId: state.anonymousId ?? '',
    known: Object.fromEntries(known),
    ...(state.evicted && { evicted: soundCounts(state.evicted) }),
  }
}
