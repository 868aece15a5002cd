import { expect, test } from 'vitest'
import { gatherFields, jsonFields } from '../../../src/api/request/fields.js'

const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

test('members of one hash are gathered', () => {
  expect(
    plain(
      gatherFields([
        ['properties[a]', '1'],
        ['email', 'x'],
        ['properties[b]', '2'],
      ]),
    ),
  ).toEqual({
    properties: { a: '1', b: '2' },
    email: 'x',
  })
})

test('a list of hashes takes a member again', () => {
  const pairs = [
    ['created[][gt]', '1'],
    ['created[][lt]', '9'],
    ['created[][gt]', '5'],
  ] as const
  expect(plain(gatherFields(pairs))).toEqual({ created: [{ gt: '1', lt: '9' }, { gt: '5' }] })
})

test.each([
  [
    [
      ['email', 'a'],
      ['email', 'b'],
    ],
  ],
  [
    [
      ['created[gt]', '1'],
      ['created[gt]', '2'],
    ],
  ],
  [
    [
      ['properties', 'a'],
      ['properties[x]', 'b'],
    ],
  ],
  [
    [
      ['properties[x]', 'b'],
      ['properties', 'a'],
    ],
  ],
] as [string, string][][][])('%j is refused, since a field comes twice', pairs => {
  expect(() => gatherFields(pairs)).toThrow('is given twice')
})

test('a member may have members, and no deeper', () => {
  const fields = gatherFields([
    ['end_user[properties][plan]', 'pro'],
    ['end_user[properties][city]', 'Rome'],
    ['end_user[id]', '1'],
  ])
  expect(fields).toEqual({ end_user: { properties: { plan: 'pro', city: 'Rome' }, id: '1' } })
  expect(() =>
    gatherFields([
      ['a[b]', '1'],
      ['a[b][c]', '2'],
    ]),
  ).toThrow('is given twice')
})

test.each(['properties[a][b][c]', 'properties[]', 'properties[a', 'properties[a]b', 'properties[][]'])(
  '%s is a value that no schema takes',
  name => {
    expect(typeof gatherFields([[name, '1']]).properties).toBe('symbol')
  },
)

test('__proto__ is a name like any other', () => {
  const fields = gatherFields([
    ['__proto__', 'a'],
    ['properties[__proto__]', 'b'],
  ])
  expect(Object.entries(fields)).toHaveLength(2)
  expect(Object.entries(jsonFields('{"__proto__":{"x":1}}'))).toEqual([['__proto__', { x: 1 }]])
  expect(({} as { x?: number }).x).toBeUndefined()
})

test.each(['[]', '1', 'null', '"a"', '{', ''])('the JSON body %j is refused', text => {
  expect(() => jsonFields(text)).toThrow(/JSON/)
})
