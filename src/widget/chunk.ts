/** What the core reaches by import() when somebody is to be asked: the survey, and what only an answer needs. */
export { conduct, resume } from './answer/conduct.js'
export { showPanel } from './survey/index.js'
