import { expect, test } from 'vitest'
import type { CommentAnswer, CommentsAnswer } from '../../../../src/wire/report.js'
import type { ContractContext } from '../../api/suites/contract-context.js'

export function commentSuite(context: ContractContext): void {
  const say = async (
    caller: Awaited<ReturnType<ContractContext['newAccount']>>,
    texts: (string | null)[],
  ) => {
    const { id } = await caller.newEndUser({ properties: { plan: 'pro' } })
    for (const [i, text] of texts.entries())
      await caller.post(`/v1/end_users/${id}/responses`, {
        score: i % 11,
        origin_url: 'https://example.com/',
        created_at: 1_790_000_000 + i,
        ...(text !== null && { text }),
      })
  }
  const RANGE = 'date[start]=2026-01-01&date[end]=2027-12-31'

  test('comments come newest first, in pages, without responses that have no text', async () => {
    const caller = await context.newAccount()
    await say(caller, ['one', null, 'two', '', 'three', 'four'])
    const { body } = await caller.get<CommentsAnswer>(`/v1/report/comments?${RANGE}&per_page=2`)
    expect(body.total).toBe(4)
    expect(body.comments.map(({ text }) => text)).toEqual(['four', 'three'])
    const next = await caller.get<CommentsAnswer>(`/v1/report/comments?${RANGE}&per_page=2&offset=2`)
    expect(next.body.comments.map(({ text }) => text)).toEqual(['two', 'one'])
  })

  test.each([
    ['pay%', ['pay% of it']],
    ['_x', ['a_x']],
    ['\\', ['back\\slash']],
    ["o'clock", ["five O'Clock"]],
    ['GRÜSSE', ['grüsse', 'Viele GRÜSSE']],
    ['grüsse', ['grüsse', 'Viele GRÜSSE']],
    ['速い', ['とても速い']],
    ['nothing like it', []],
  ])('a search for %s finds it literally, in either case', async (search, found) => {
    const caller = await context.newAccount()
    await say(caller, [
      'pay% of it',
      'payment',
      'a_x',
      'abx',
      'back\\slash',
      "five O'Clock",
      'Viele GRÜSSE',
      'grüsse',
      'とても速い',
    ])
    const { body } = await caller.get<CommentsAnswer>(
      `/v1/report/comments?${RANGE}&search=${encodeURIComponent(search)}`,
    )
    expect(body.comments.map(({ text }) => text)).toEqual(found)
    expect(body.total).toBe(found.length)
  })

  test('a comment has a place of its own, for its account alone', async () => {
    const [caller, other] = [await context.newAccount(), await context.newAccount()]
    await say(caller, ['mine'])
    const { body } = await caller.get<CommentsAnswer>(`/v1/report/comments?${RANGE}`)
    const id = body.comments[0]?.id
    const one = await caller.get<CommentAnswer>(`/v1/report/comments/${id}`)
    expect(one.body).toMatchObject({ id, text: 'mine', score: 0 })
    expect((await other.get(`/v1/report/comments/${id}`)).status).toBe(404)
  })
}
