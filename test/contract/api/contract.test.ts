import { describe } from 'vitest'
import { ENGINES } from '../../support/engines.js'
import { useContractContext } from './suites/contract-context.js'
import { endUserSuite } from './suites/end-users.js'
import { idempotencySuite } from './suites/idempotency.js'
import { isolationSuite } from './suites/isolation.js'
import { laterDocumentSuite } from './suites/later-document.js'
import { listSuite } from './suites/lists.js'
import { recordSuite } from './suites/records.js'
import { requestSuite } from './suites/requests.js'
import { tokenSuite } from './suites/tokens.js'

describe.each(ENGINES)('the v1 API on $name', engine => {
  const context = useContractContext(engine)
  describe('end users', () => endUserSuite(context))
  describe('responses, declines and page views', () => recordSuite(context))
  describe('lists', () => listSuite(context))
  describe('requests', () => requestSuite(context))
  describe('the later document', () => laterDocumentSuite(context))
  describe('tokens', () => tokenSuite(context))
  describe('idempotency keys', () => idempotencySuite(context))
  describe('accounts', () => isolationSuite(context))
})
