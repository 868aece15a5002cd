import { expect, test } from 'vitest'
import { fill } from '../../../../src/widget/survey/fill.js'

test('fills what it knows and leaves the rest, whatever the text says', () => {
  expect(fill('{a} and {b} and {c}', { a: '{b}', b: '$&' })).toBe('{b} and $& and {c}')
})

test('isolates what is filled in where right-to-left letters are about', () => {
  expect(fill('ما {product}؟', { product: 'Acme!' })).toBe('ما \u2068Acme!\u2069؟')
  expect(fill('Recommend {product}?', { product: 'אקמה' })).toBe('Recommend \u2068אקמה\u2069?')
})
