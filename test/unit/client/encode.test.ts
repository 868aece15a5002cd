import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBody, encodeQuery } from '../../../src/client/encode.js'

const form = 'application/x-www-form-urlencoded'

test('a body is a form, as in the document', () => {
  expect(
    encodeBody({
      email: 'enduser@example.com',
      last_surveyed: 1423732280,
      properties: { company: 'TestCompany', city: 'San Francisco' },
    }),
  ).toEqual({
    type: form,
    text: 'email=enduser%40example.com&last_surveyed=1423732280&properties%5Bcompany%5D=TestCompany&properties%5Bcity%5D=San+Francisco',
  })
})

test('what is undefined is not sent', () => {
  expect(encodeBody({ score: 0, text: undefined, properties: { a: undefined, b: 'c' } }).text).toBe(
    'score=0&properties%5Bb%5D=c',
  )
  expect(encodeBody({}).text).toBe('')
  expect(encodeQuery({})).toBe('')
})

test.each([
  { properties: { seats: 5 } },
  { properties: { paid: false } },
  { properties: { gone: null } },
  { properties: { 'a[b]': 'c' } },
  { properties: { '': 'c' } },
  { email: 'a@example.com', text: null },
  { share: true },
])('%j goes as JSON, for a form cannot say it', parameters => {
  expect(encodeBody(parameters)).toEqual({ type: 'application/json', text: JSON.stringify(parameters) })
})

test('a time that is a Date is refused, not lost', () => {
  const parameters = { created_at: new Date() as unknown as number }
  expect(() => encodeBody(parameters)).toThrow(/created_at must be whole seconds/)
})

test.each([
  { text: '\ud83d' },
  { text: 'a\udc00b' },
  { properties: { a: '\ud800' } },
  { score: Number.NaN },
  { created_at: Number.POSITIVE_INFINITY },
])('what would not arrive as it is, is refused (%#)', parameters => {
  expect(() => encodeBody(parameters)).toThrow(TypeError)
})

test('filters of a list are brackets in the query', () => {
  const query = encodeQuery({ page: 2, per_page: 50, created: { gte: 1, lt: 2 }, email: 'a+b@example.com' })
  expect([...new URLSearchParams(query)]).toEqual([
    ['page', '2'],
    ['per_page', '50'],
    ['created[gte]', '1'],
    ['created[lt]', '2'],
    ['email', 'a+b@example.com'],
  ])
  expect(query).toMatch(/^\?page=2&/)
})

test('any text arrives whole, and nothing in it is a separator', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      (text, key) => {
        const { type, text: body } = encodeBody({ text, properties: { [key]: text } })
        if (type === form) {
          expect([...new URLSearchParams(body)]).toEqual([
            ['text', text],
            [`properties[${key}]`, text],
          ])
          expect(body).not.toMatch(/[;\r\n]/)
        } else {
          expect(JSON.parse(body)).toEqual({ text, properties: { [key]: text } })
        }
      },
    ),
  )
})
