import { describe } from 'vitest'
import { ENGINES } from '../../support/engines.js'
import { useContractContext } from '../api/suites/contract-context.js'
import { commentSuite } from './suites/comments.js'
import { figureSuite } from './suites/figures.js'
import { hourlySuite } from './suites/hourly.js'
import { shareSuite } from './suites/shares.js'
import { snapshotSuite } from './suites/snapshots.js'

describe.each(ENGINES)('the report on $name', engine => {
  const context = useContractContext(engine)
  describe('figures', () => figureSuite(context))
  describe('comments', () => commentSuite(context))
  describe('counts by hour', () => hourlySuite(context))
  describe('shares', () => shareSuite(context))
  describe('snapshots', () => snapshotSuite(context))
})
