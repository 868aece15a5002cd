/** What the panel's chunk holds, without what only bundlers need (all languages at once). */
export { prepare } from '../../src/widget/survey/fetch-parts.js'
export { showPanel } from '../../src/widget/survey/show-panel.js'
