import * as v from 'valibot'
import { ZerotenError } from '../../http/zeroten-error.js'
import { defineEndpoint, type Endpoint } from '../endpoint.js'
import { invalid } from '../http-error.js'
import {
  parseKinds,
  WEBHOOK_CLASSES,
  WEBHOOK_FORMATS,
  WEBHOOK_KINDS,
  type Webhooks,
} from '../webhooks/manage-webhooks.js'
import { MAX_URL } from '../webhooks/resolve-target.js'
import { count, id } from './record-shapes.js'
import { orNotFound } from './services.js'

const entries = {
  id,
  url: v.string(),
  on: v.array(v.picklist(WEBHOOK_KINDS)),
  class: v.nullable(v.picklist(WEBHOOK_CLASSES)),
  format: v.picklist(WEBHOOK_FORMATS),
  state: v.picklist(['active', 'gone', 'dead']),
  waiting: count,
  failures: count,
  given_up: count,
  last_status: v.nullable(count),
  last_success_at: v.nullable(v.string()),
  created_at: v.string(),
}

const webhookSchema = v.object(entries)

const withSecretSchema = v.object({
  ...entries,
  secret: v.string(),
  former_until: v.nullable(v.string()),
})

const testSchema = v.object({ delivered: v.boolean(), status: count, reason: v.nullable(v.string()) })

const oneOf = <const T extends string>(words: readonly T[]) =>
  v.picklist(words, `must be one of ${words.join(', ')}`)

const createWebhook = v.object({
  url: v.pipe(v.string('is required'), v.metadata({ maxLength: MAX_URL })),
  on: v.optional(
    v.pipe(
      v.string('must be text'),
      v.maxLength(100, 'must be at most 100 characters'),
      v.metadata({ description: `Some of ${WEBHOOK_KINDS.join(', ')}, with commas between.` }),
      v.check(
        text => parseKinds(text) !== undefined,
        `must be some of ${WEBHOOK_KINDS.join(', ')}, with commas between`,
      ),
    ),
    'response',
  ),
  class: v.optional(v.nullable(oneOf(WEBHOOK_CLASSES))),
  format: v.optional(oneOf(WEBHOOK_FORMATS), 'standard'),
})

/** This API's own: who is told of responses, declines and opt-outs. */
export function webhookEndpoints(webhooks: Webhooks): Endpoint[] {
  return [
    defineEndpoint({
      method: 'GET',
      path: '/v1/webhooks',
      summary: 'Get all webhooks',
      parameters: v.object({}),
      answers: v.array(webhookSchema),
      handle: ({ accountId }) => webhooks.list(accountId),
    }),
    defineEndpoint({
      method: 'GET',
      path: '/v1/webhooks/:id',
      summary: 'Get a specific webhook',
      parameters: v.object({}),
      answers: webhookSchema,
      handle: async ({ accountId, ids }) => orNotFound(await webhooks.get(accountId, ids.id)),
    }),
    defineEndpoint({
      method: 'POST',
      path: '/v1/webhooks',
      summary: 'Create webhook; its secret is told this once',
      parameters: createWebhook,
      answers: withSecretSchema,
      async handle({ accountId }, { url, on, class: npsClass, format }) {
        try {
          return await webhooks.add(accountId, {
            url,
            kinds: parseKinds(on) ?? [],
            npsClass: npsClass ?? undefined,
            format,
          })
        } catch (error) {
          if (error instanceof ZerotenError && error.code.startsWith('webhook_url_'))
            throw invalid(error.message, 'url')
          throw error
        }
      },
    }),
    ...webhookActEndpoints(webhooks),
  ]
}

const webhookActEndpoints = (webhooks: Webhooks): Endpoint[] => [
  defineEndpoint({
    method: 'POST',
    path: '/v1/webhooks/:id/test',
    summary: 'Send a test message now; where it arrives, a webhook that was ended is sent to again',
    parameters: v.object({}),
    answers: testSchema,
    handle: async ({ accountId, ids }) => orNotFound(await webhooks.test(accountId, ids.id)),
  }),
  defineEndpoint({
    method: 'POST',
    path: '/v1/webhooks/:id/rotate',
    summary: 'Give a webhook a new secret; the former one signs too for another day',
    parameters: v.object({}),
    answers: withSecretSchema,
    handle: async ({ accountId, ids }) => orNotFound(await webhooks.rotate(accountId, ids.id)),
  }),
  defineEndpoint({
    method: 'DELETE',
    path: '/v1/webhooks/:id',
    summary: 'Delete webhook, with what waits for it',
    parameters: v.object({}),
    answers: webhookSchema,
    handle: async ({ accountId, ids }) => orNotFound(await webhooks.remove(accountId, ids.id)),
  }),
]
