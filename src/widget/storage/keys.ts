/**
 * Every key under which something lies in the object store. Events have keys of their own, see `courier/event-key.ts`:
 * `1|…` responses, declines and opt-outs, `2|…` page views.
 */

/** The record that all tabs share, {@link State}. */
export const STATE_KEY = 's'
/** Drafts: `s|draft|{identity hash}|{session}`. */
export const DRAFT_PREFIX = 's|draft|'
/** Dead letters: `x|{place in the ring}`. */
export const DEAD_LETTER_PREFIX = 'x|'
/** All events that wait lie between these two. */
export const EVENT_BOUNDS = ['1', '3'] as const
/** And all page views between these. */
export const PAGE_VIEW_BOUNDS = ['2', '3'] as const
