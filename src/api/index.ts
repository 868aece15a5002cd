/**
 * The v1 API itself, on SQLite or PostgreSQL.
 *
 * @module
 * @example
 * import { createApi, serveApi } from 'zeroten/api'
 *
 * const api = await createApi({ db: './zeroten.db' })
 * const server = await serveApi(api, { port: 4010 })
 * console.log(`listening on ${server.url}`)
 */

export type { Logger } from '../runtime/logger.js'
export type { NodeServer } from '../runtime/node/listen.js'
export type {
  AccountCredentials,
  AccountSummary,
  Accounts,
  NewAccount,
  RotatedSecret,
  RotateOptions,
} from './account.js'
export type { Connection } from './connection.js'
export { type Api, type ApiOptions, createApi } from './create-api.js'
export type { TimeFormat } from './datetime.js'
export type { DocumentEdition } from './resources/document-edition.js'
export { type ApiServer, type ServeLimits, type ServeOptions, serveApi } from './serve-api.js'
export { storageFault } from './storage/storage-fault.js'
