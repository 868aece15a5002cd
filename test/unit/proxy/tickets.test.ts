import { EncryptJWT, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Subject } from '../../../src/proxy/identity/identity.js'
import { createTickets, type TicketsOptions } from '../../../src/proxy/identity/tickets.js'

const SECRET = 'a-secret-that-is-thirty-two-characters'
const ADA: Subject = { email: 'ada@example.com', level: 'proven' }
const DAY_MS = 86_400_000

function setUp(secrets: readonly [string, ...string[]] = [SECRET], more: Partial<TicketsOptions> = {}) {
  const clock = { nowMs: 1_700_000_000_000 }
  const options = { secrets, base: '/zeroten', acceptsClaims: true, now: () => clock.nowMs, ...more }
  return { clock, tickets: createTickets(options) }
}

describe('tickets', () => {
  it('say whose an event is, to every proxy that has the secret', async () => {
    const ticket = await setUp().tickets.delivery(ADA)
    expect(await setUp().tickets.open(ticket)).toEqual({
      kind: 'delivery',
      subject: ADA,
      issuedAtS: 1_700_000_000,
    })
  })

  it('of a yes hold what it was given for, and are one until there is an answer', async () => {
    const { tickets } = setUp()
    const yes = (sinceS: number, answeredS: number) =>
      tickets.yes(ADA, { sinceS, answeredS, immediate: false })
    const first = await yes(5, 0)
    expect(await tickets.open(first)).toMatchObject({
      kind: 'yes',
      subject: ADA,
      answer: { sinceS: 5, immediate: false },
    })
    expect(await yes(9, 0)).toBe(first)
    const second = await yes(9, 9)
    expect(second).not.toBe(first)
    expect(await yes(9, 9)).not.toBe(second)
  })

  it('of a demonstration are each good for an answer of its own', async () => {
    const { tickets } = setUp()
    const yes = async () => tickets.open(await tickets.yes(ADA, { sinceS: 5, answeredS: 0, immediate: true }))
    const [first, second] = [await yes(), await yes()]
    expect(first).not.toEqual(second)
  })

  it('tell whoever holds them nothing: not the e-mail either', async () => {
    const ticket = await setUp().tickets.delivery(ADA)
    const parts = ticket.split('.').map(part => Buffer.from(part, 'base64url').toString('latin1'))
    expect(parts.join()).not.toContain('ada')
  })

  it('are handed out again for an hour', async () => {
    const { tickets, clock } = setUp()
    const first = await tickets.delivery(ADA)
    clock.nowMs += 3_599_000
    expect(await tickets.delivery(ADA)).toBe(first)
    clock.nowMs += 2_000
    expect(await tickets.delivery(ADA)).not.toBe(first)
  })

  it('case 2: are good for sixty days, and two on the way', async () => {
    const { tickets, clock } = setUp()
    const ticket = await tickets.delivery(ADA)
    clock.nowMs += 61 * DAY_MS
    expect(await tickets.open(ticket)).not.toHaveProperty('isExpired')
    clock.nowMs += 2 * DAY_MS
    expect(await tickets.open(ticket)).toMatchObject({ subject: ADA, isExpired: true })
  })

  it('still open when the secret has been changed, while the old one is listed', async () => {
    const old = await setUp(['the-old-secret-of-thirty-two-characters']).tickets.delivery(ADA)
    const both = setUp([SECRET, 'the-old-secret-of-thirty-two-characters'])
    expect(await both.tickets.open(old)).toMatchObject({ subject: ADA })
    expect(await setUp().tickets.open(old)).toBe('ticket_invalid')
  })

  it('count at no other base', async () => {
    const ticket = await setUp().tickets.delivery(ADA)
    expect(await setUp([SECRET], { base: '/other' }).tickets.open(ticket)).toBe('ticket_invalid')
  })

  it('that a bare e-mail got count no more where bare e-mails do not', async () => {
    const claimed = await setUp().tickets.delivery({ ...ADA, level: 'claimed' })
    const { tickets } = setUp([SECRET], { acceptsClaims: false })
    expect(await tickets.open(claimed)).toBe('ticket_invalid')
    expect(await tickets.open(await setUp().tickets.delivery(ADA))).toMatchObject({ subject: ADA })
  })

  describe('case 2: are refused', () => {
    const raw = new TextEncoder().encode(SECRET.slice(0, 32))
    const claims = { lvl: 'proven', n: 'x', s: 0, i: false }
    const forge = {
      'signed instead of sealed': () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject(ADA.email)
          .setAudience('zeroten-yes')
          .setIssuedAt()
          .sign(raw),
      'sealed with the secret itself, not with the key derived from it': () =>
        new EncryptJWT(claims)
          .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
          .setSubject(ADA.email)
          .setAudience('zeroten-yes')
          .setIssuedAt()
          .encrypt(raw),
      'sealed under a password in the header': () =>
        new EncryptJWT(claims)
          .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' })
          .setSubject(ADA.email)
          .setAudience('zeroten-yes')
          .setIssuedAt()
          .encrypt(raw),
      'with alg none': async () =>
        `${btoa('{"alg":"none"}').replace(/=/g, '')}.${btoa('{"sub":"ada@example.com"}').replace(/=/g, '')}.`,
      'of another proxy': () => setUp(['another-secret-of-thirty-two-characters']).tickets.delivery(ADA),
      empty: async () => '',
      garbage: async () => 'a.b.c.d.e',
    }
    it.each(Object.entries(forge))('%s', async (_, make) => {
      expect(await setUp().tickets.open(await make())).toBe('ticket_invalid')
    })

    it('with any one character changed', async () => {
      const { tickets } = setUp()
      const ticket = await tickets.delivery(ADA)
      for (let index = 0; index < ticket.length; index += 7) {
        const other = ticket[index] === 'A' ? 'B' : 'A'
        const opened = await tickets.open(ticket.slice(0, index) + other + ticket.slice(index + 1))
        // The last character of a part may hold bits that mean nothing; then it is the same ticket.
        if (typeof opened !== 'string') expect(opened.subject).toEqual(ADA)
      }
      expect(await tickets.open(`${ticket.slice(0, -4)}AAAA`)).toBe('ticket_invalid')
    })
  })
})
