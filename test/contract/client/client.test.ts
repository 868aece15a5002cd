import { describe } from 'vitest'
import { ENGINES } from '../../support/engines.js'
import { useClientContext } from './suites/client-context.js'
import { deliverySuite } from './suites/delivery.js'
import { laterDocumentSuite } from './suites/later-document.js'
import { listSuite } from './suites/lists.js'
import { recordSuite } from './suites/records.js'
import { runtimeSuite } from './suites/runtimes.js'

describe.each(ENGINES)('the client with the v1 API on $name', engine => {
  const context = useClientContext(engine)
  describe('records', () => recordSuite(context))
  describe('the later document', () => laterDocumentSuite(context))
  describe('lists', () => listSuite(context))
  describe('delivery', () => deliverySuite(context))
  describe('runtimes', () => runtimeSuite(context))
})
