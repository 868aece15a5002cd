import type { WebhookEndUser, WebhookFormat, WebhookMessage } from '../../wire/webhook.js'

/** The body of a message in the format of its webhook. */
export function renderMessage(message: WebhookMessage, format: WebhookFormat, sentAt: Date): string {
  if (format === 'wootric') return JSON.stringify(asWootric(message, sentAt))
  if (format === 'slack') return JSON.stringify(asSlack(message))
  return JSON.stringify(message)
}

/** What Wootric's own webhooks say of the end user beside a record. */
const wootricEndUser = ({ id, email, external_id, properties }: WebhookEndUser) => ({
  email,
  external_id,
  end_user_id: id,
  end_user_properties: properties,
})

/** https://docs.wootric.com/webhooks: as its JSON, but for the token of an account of theirs. */
function asWootric(message: WebhookMessage, sentAt: Date): object {
  const event = { timestamp: sentAt.toISOString(), survey_mode: 'NPS' }
  switch (message.type) {
    case 'response.created':
    case 'response.updated': {
      const { response, end_user } = message.data
      const { class: _, ...record } = response
      const event_name = message.type === 'response.created' ? 'created' : 'updated'
      return { response: { ...record, ...wootricEndUser(end_user), survey_id: null }, event_name, ...event }
    }
    case 'decline.created': {
      const { decline, end_user } = message.data
      return {
        decline: { ...decline, ...wootricEndUser(end_user), survey_id: null },
        event_name: 'created',
        ...event,
      }
    }
    case 'opt_out.created':
      return { end_user: wootricEndUser(message.data.end_user), event_name: 'opted_out', ...event }
    case 'test':
      return { event_name: 'test', ...event }
  }
}

/** Characters of a text block at most: https://api.slack.com/reference/block-kit/composition-objects#text */
const MAX_BLOCK = 3_000

const cut = (text: string): string => {
  const characters = [...text]
  return characters.length <= MAX_BLOCK ? text : `${characters.slice(0, MAX_BLOCK - 1).join('')}…`
}

/** Plain text throughout: what a visitor wrote must not become a link or a mention. */
const block = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(text), emoji: false },
})

/** The notification's text, where Slack would read `<!channel>` as a mention. */
const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const nameOf = ({ email, external_id, phone_number, id }: WebhookEndUser): string =>
  email ?? external_id ?? phone_number ?? `end user ${id}`

function asSlack(message: WebhookMessage): object {
  const lines = slackLines(message)
  return { text: escapeText(lines[0] ?? ''), blocks: lines.map(block) }
}

function slackLines(message: WebhookMessage): string[] {
  switch (message.type) {
    case 'response.created':
    case 'response.updated': {
      const { response, end_user } = message.data
      const line = `${response.score} of 10 (${response.class}) from ${nameOf(end_user)}`
      return [line, ...(response.text ? [response.text] : []), response.origin_url].filter(
        text => text !== '',
      )
    }
    case 'decline.created':
      return [`${nameOf(message.data.end_user)} declined to answer`]
    case 'opt_out.created':
      return [`${nameOf(message.data.end_user)} asked not to be asked again`]
    case 'test':
      return ['This is a test of the webhook.']
  }
}
