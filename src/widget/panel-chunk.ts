/** What the page loads when somebody is to be asked, besides `answer/asking.ts`: the survey alone. */
export { prepare } from './survey/prepare.js'
export { showPanel } from './survey/show-panel.js'
