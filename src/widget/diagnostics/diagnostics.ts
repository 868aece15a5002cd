/**
 * What is asked for by people, not by page views: a look at the queue, sending dead letters again, why there was or was
 * not a survey, and forgetting. A chunk of its own.
 */
export { explain } from './explain.js'
export { forget } from './forget.js'
export { inspect } from './inspect.js'
export { resend } from './resend.js'
