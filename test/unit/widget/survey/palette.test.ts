import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contrast, parseColour, readable, readableOn } from '../../../../src/widget/survey/palette.js'

const channel = fc.integer({ min: 0, max: 255 }).map(value => value / 255)
const colour = fc.tuple(channel, channel, channel)
/** As it is put into the style sheet, in whole steps. */
const rounded = (rgb: readonly number[]) => rgb.map(c => Math.round(c * 255) / 255)

describe('the accent', () => {
  test('always bears black or white text with a contrast of 4.5 and more', () => {
    fc.assert(fc.property(colour, fill => contrast(readableOn(fill), fill) >= 4.5))
  })

  test('can always be read on the background, whichever that is', () => {
    fc.assert(
      fc.property(colour, colour, (fill, background) => {
        expect(contrast(rounded(readable(fill, background)), background)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })

  test('stays as it is where it reads well already', () => {
    expect(readable([0, 0, 0.5], [1, 1, 1])).toEqual([0, 0, 0.5])
  })
})

test('contrast is that of WCAG', () => {
  expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21)
  expect(contrast([1, 1, 1], parseColour('rgb(118, 118, 118)'))).toBeCloseTo(4.54, 2)
})

test.each([
  ['rgb(255, 0, 51)', [1, 0, 0.2]],
  ['rgba(0, 255, 0, 0.5)', [0, 1, 0, 0.5].slice(0, 3)],
  ['color(srgb 0.25 1e-05 1)', [0.25, 0.00001, 1]],
])('reads %s', (computed, rgb) => {
  expect(parseColour(computed)).toEqual(rgb)
})
