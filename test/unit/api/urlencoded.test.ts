import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyPairs, queryPairs } from '../../../src/api/request/urlencoded.js'

const RESPONSE = ['score', 'text', 'ip_address', 'origin_url', 'created_at']

test('a semicolon separates where a field of the endpoint follows', () => {
  expect(
    bodyPairs('score=5;text=test response;ip_address=192.168.0.1;origin_url=http://example.com', RESPONSE),
  ).toEqual([
    ['score', '5'],
    ['text', 'test response'],
    ['ip_address', '192.168.0.1'],
    ['origin_url', 'http://example.com'],
  ])
})

test('a semicolon within a comment stays', () => {
  expect(bodyPairs('text=Tom; Jerry;&score=5', RESPONSE)).toEqual([
    ['text', 'Tom; Jerry;'],
    ['score', '5'],
  ])
})

test('a semicolon before a hash separates, its brackets escaped or not', () => {
  const names = ['email', 'properties[']
  expect(bodyPairs('email=a@b.c;properties[x]=1;properties%5by%5D=2', names)).toEqual([
    ['email', 'a@b.c'],
    ['properties[x]', '1'],
    ['properties[y]', '2'],
  ])
})

test('a field whose name only begins like a known one does not end the value before it', () => {
  expect(bodyPairs('text=a;scores=1;text_=2', RESPONSE)).toEqual([['text', 'a;scores=1;text_=2']])
})

test('in a query a semicolon never separates', () => {
  expect(queryPairs('?text=a;score=1')).toEqual([['text', 'a;score=1']])
})

test('whatever is encoded as URLSearchParams does comes back unchanged', () => {
  const pairs = fc.array(
    fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
  )
  fc.assert(
    fc.property(pairs, list => {
      expect(bodyPairs(new URLSearchParams(list).toString(), RESPONSE)).toEqual(list)
    }),
  )
})
