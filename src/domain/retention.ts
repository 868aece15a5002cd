export const DAY_S = 86_400
export const DAY_MS = 86_400_000

/** For so many days a device keeps an event that is no page view, and a ticket is good for delivering it. */
export const EVENT_LIFE_DAYS = 60
/** For so many days the API keeps an idempotency key: longer than a device keeps the event that it was made for. */
export const KEY_LIFE_DAYS = 61
/** How old the proxy takes an event to be: what a device keeps, and two days on the way. */
export const MAX_EVENT_AGE_DAYS = 62
