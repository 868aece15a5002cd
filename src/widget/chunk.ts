/** What the core reaches by import() when somebody is to be asked: the survey, and what only an answer needs. */
import { type Asking, createAsking } from './answer/asking.js'
import type { Lent } from './loader.js'
import { showPanel } from './survey/index.js'

export const openChunk = (lent: Lent): Asking => createAsking(lent, showPanel)
