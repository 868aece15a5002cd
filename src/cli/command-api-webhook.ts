import { ZerotenError } from '../http/zeroten-error.js'
import type { Webhook, WebhookWithSecret } from '../wire/webhook.js'
import { type Command, type CommandContext, defineCommand } from './command.js'
import { parseChoice, parseCount, parseText } from './flag-values.js'
import { withRecords } from './open-records.js'
import { recordsFlags } from './records-flags.js'
import { UsageError } from './usage-error.js'

const allowPrivateFlag = {
  'allow-private-webhooks': {
    help: 'let it lead to a private address; zeroten api, which sends, must be let too',
  },
} as const

interface Values {
  db: string
  account: number | undefined
  'allow-private-webhooks'?: boolean
}

/** Opens the database beside a running API, which goes on to send. */
async function withWebhooks<T>(values: Values, act: (webhooks: Webhooks, accountId: number) => Promise<T>) {
  const { createWebhooks } = await import('../api/webhooks/manage-webhooks.js')
  const { createIds } = await import('../api/storage/ids.js')
  return withRecords(values, async ({ storage, accountId }) => {
    const ids = createIds(storage)
    const allowPrivate = values['allow-private-webhooks'] ?? false
    try {
      return await act(createWebhooks({ storage, ids, allowPrivate, now: Date.now }), accountId)
    } finally {
      await ids.release()
    }
  })
}

type Webhooks = ReturnType<typeof import('../api/webhooks/manage-webhooks.js').createWebhooks>

function printSecret({ secret, former_until }: WebhookWithSecret, { print }: CommandContext): void {
  print(`secret ${secret}`)
  if (former_until !== null) print(`messages are signed by the former secret too until ${former_until}`)
}

const addFlags = {
  on: {
    takes: 'KINDS',
    parse: parseText,
    initial: 'response',
    help: 'some of response, decline, opt_out, with commas between',
  },
  class: {
    takes: 'CLASS',
    parse: parseChoice('detractor', 'passive', 'promoter'),
    help: 'responses of this class alone',
  },
  format: {
    takes: 'FORMAT',
    parse: parseChoice('standard', 'wootric', 'slack'),
    initial: 'standard',
    help: 'Standard Webhooks, as Wootric’s own webhooks, or for an incoming webhook of Slack',
  },
  ...allowPrivateFlag,
  ...recordsFlags,
} as const

const webhookAdd = defineCommand({
  name: 'zeroten api webhook add',
  summary: 'has a URL told of responses, declines and opt-outs, within seconds',
  argument: 'URL',
  flags: addFlags,
  async run(values, context, url) {
    if (url === undefined) throw new UsageError('the URL is missing')
    const { parseKinds } = await import('../api/webhooks/manage-webhooks.js')
    const kinds = parseKinds(values.on)
    if (!kinds) throw new UsageError('--on takes response, decline and opt_out, with commas between')
    const { class: npsClass, format } = values
    await withWebhooks(values, async (webhooks, accountId) => {
      const webhook = await webhooks.add(accountId, { url, kinds, npsClass, format }).catch(error => {
        if (error instanceof ZerotenError) throw new UsageError(`the URL ${error.message}`, { cause: error })
        throw error
      })
      context.print(`webhook ${webhook.id} added`)
      printSecret(webhook, context)
    })
  },
})

const columnsOf = (webhook: Webhook): (string | number)[] => [
  webhook.id,
  webhook.state,
  `${webhook.on.join(',')}${webhook.class === null ? '' : ` of ${webhook.class}s`}`,
  webhook.format,
  `${webhook.waiting} waiting`,
  `${webhook.failures} failures`,
  `${webhook.given_up} given up`,
  `last status ${webhook.last_status ?? 'none'}`,
  webhook.url,
]

const webhookList = defineCommand({
  name: 'zeroten api webhook list',
  summary: 'lists the webhooks: id, state, what of, format, how it goes, URL',
  flags: recordsFlags,
  run: (values, { print }) =>
    withWebhooks(values, async (webhooks, accountId) => {
      for (const webhook of await webhooks.list(accountId)) print(columnsOf(webhook).join('\t'))
    }),
})

interface ActOptions {
  words: string
  summary: string
  flags?: typeof allowPrivateFlag
  act(webhooks: Webhooks, key: { accountId: number; id: number }, context: CommandContext): Promise<unknown>
}

/** A command on the webhook of an id. `act` resolves with undefined where there is none. */
const commandOnOne = ({ words, summary, flags, act }: ActOptions): Command =>
  defineCommand({
    name: `zeroten api webhook ${words}`,
    summary,
    argument: 'ID',
    flags: { ...flags, ...recordsFlags },
    async run(values, context, argument) {
      const id = idOf(argument)
      await withWebhooks(values, async (webhooks, accountId) => {
        const found = await act(webhooks, { accountId, id }, context)
        if (found === undefined) throw new UsageError(`there is no webhook ${id}`)
      })
    },
  })

function idOf(argument: string | undefined): number {
  if (argument === undefined) throw new UsageError('the id is missing, see zeroten api webhook list')
  try {
    return parseCount(argument)
  } catch (cause) {
    throw new UsageError(`the id ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

const webhookTest = commandOnOne({
  words: 'test',
  summary: 'sends a test message now; where it arrives, a webhook that was ended is sent to again',
  flags: allowPrivateFlag,
  async act(webhooks, { accountId, id }, { print }) {
    const result = await webhooks.test(accountId, id)
    if (result && !result.delivered)
      throw new ZerotenError('webhook_failed', `not delivered: ${result.reason}`)
    if (result) print(`delivered: the receiver answered ${result.status}`)
    return result
  },
})

const webhookRemove = commandOnOne({
  words: 'remove',
  summary: 'removes a webhook, with what waits for it',
  async act(webhooks, { accountId, id }, { print }) {
    const webhook = await webhooks.remove(accountId, id)
    if (webhook) print(`webhook ${id} removed`)
    return webhook
  },
})

const webhookRotate = commandOnOne({
  words: 'rotate',
  summary: 'gives a webhook a new secret; the former one signs too for another day',
  async act(webhooks, { accountId, id }, context) {
    const webhook = await webhooks.rotate(accountId, id)
    if (webhook) printSecret(webhook, context)
    return webhook
  },
})

/** `zeroten api webhook …`. */
export const webhookCommands: Readonly<Record<string, Command>> = {
  'api webhook add': webhookAdd,
  'api webhook list': webhookList,
  'api webhook test': webhookTest,
  'api webhook remove': webhookRemove,
  'api webhook rotate': webhookRotate,
}
