/** What the page loads when somebody is to be asked, besides `survey-flow/scheduler.ts`: the survey alone. */
export { prepare } from './prepare.js'
export { showPanel } from './show-panel.js'
