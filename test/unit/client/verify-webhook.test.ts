import { createHmac } from 'node:crypto'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { type VerifyWebhookOptions, verifyWebhook } from '../../../src/client/index.js'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
const NOW = new Date('2026-05-01T12:00:00Z')
const BODY = '{"type":"test","timestamp":"2026-05-01T12:00:00.000Z","data":{"webhook_id":1}}'

const standardHeaders = (secret = SECRET, at = NOW) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(at.getTime() / 1_000),
  'webhook-signature': new StandardWebhook(secret).sign('msg_1', at, BODY),
})
const wootricHeaders = (secret = SECRET) => ({
  'X-Wootric-Signature': `sha1=${createHmac('sha1', secret).update(BODY).digest('hex')}`,
})

const verify = (options: Partial<VerifyWebhookOptions>) =>
  verifyWebhook({
    headers: standardHeaders(),
    body: BODY,
    secret: SECRET,
    now: () => NOW.getTime(),
    ...options,
  })

test('believes a message that the package of Standard Webhooks has signed', async () => {
  expect(await verify({})).toEqual({ id: 'msg_1', message: JSON.parse(BODY) })
  expect(await verify({ headers: new Headers(standardHeaders()), body: Buffer.from(BODY) })).toMatchObject({
    id: 'msg_1',
  })
})

test('believes any of several secrets, and any of several signatures', async () => {
  await verify({ secret: [OTHER, SECRET] })
  const signature = `v1,AAAA v2,xyz ${standardHeaders()['webhook-signature']}`
  await verify({ headers: { ...standardHeaders(), 'webhook-signature': signature } })
})

test('believes Wootric’s signature', async () => {
  expect(await verify({ headers: wootricHeaders() })).toEqual({ id: undefined, message: JSON.parse(BODY) })
})

const BAD: [title: string, options: Partial<VerifyWebhookOptions>, code: string][] = [
  ['of another secret', { headers: standardHeaders(OTHER) }, 'webhook_not_signed'],
  ['with another body', { body: `${BODY} ` }, 'webhook_not_signed'],
  ['with another id', { headers: { ...standardHeaders(), 'webhook-id': 'msg_2' } }, 'webhook_not_signed'],
  ['without headers', { headers: {} }, 'webhook_not_signed'],
  [
    'without its time',
    { headers: { ...standardHeaders(), 'webhook-timestamp': undefined } },
    'webhook_not_signed',
  ],
  ['that is too old', { now: () => NOW.getTime() + 301_000 }, 'webhook_out_of_time'],
  ['from the future', { now: () => NOW.getTime() - 301_000 }, 'webhook_out_of_time'],
  ['of Wootric’s by another secret', { headers: wootricHeaders(OTHER) }, 'webhook_not_signed'],
  ['of Wootric’s by half a hash', { headers: { 'x-wootric-signature': 'sha1=00' } }, 'webhook_not_signed'],
  [
    'with a signature that is no base64',
    { headers: { ...standardHeaders(), 'webhook-signature': 'v1,§' } },
    'webhook_not_signed',
  ],
]

test.each(BAD)('does not believe a message %s', (_, options, code) =>
  expect(verify(options)).rejects.toMatchObject({ name: 'WebhookError', code }),
)

test('says that a secret can be none', async () => {
  await expect(verify({ secret: '' })).rejects.toThrow(TypeError)
  await expect(verify({ secret: [] })).rejects.toThrow(TypeError)
  await expect(verify({ secret: 'whsec_§' })).rejects.toThrow(TypeError)
})
