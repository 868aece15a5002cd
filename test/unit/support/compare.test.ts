import { describe, expect, it } from 'vitest'
import { type Act, compare } from '../../support/compare.js'
import type { Recorded } from '../../support/deployment.js'

const ANN = 'ann@example.com'

/** A load of `/a`, from and to so many seconds after the beginning. */
const view = (fromS: number, toS: number, more: Partial<Act> = {}) =>
  ({ type: 'page_view', path: '/a', fromMs: fromS * 1_000, toMs: toS * 1_000, ...more }) as Act

/** Page views of `/a` at these seconds, as the API lists them: the last one first. */
const recordedAt = (...seconds: number[]) =>
  ({
    pageViews: seconds.toReversed().map(at => ({
      email: ANN,
      record: { url: 'https://shop.example/a', at: new Date(at * 1_000).toISOString() },
    })),
    responses: [],
    declines: [],
  }) as unknown as Recorded

const CLEAN = { lost: [], doubled: [], wrong: [] }

describe('compare', () => {
  it('finds nothing where each act is there once, at its time', () => {
    expect(compare([view(10, 10.5), view(20, 20.5)], recordedAt(10, 20))).toEqual(CLEAN)
  })

  it('tells what is missing, once for each', () => {
    const lost = ['page view of /a', 'page view of /a']
    expect(compare([view(10, 11), view(20, 21), view(30, 31)], recordedAt(20))).toEqual({ ...CLEAN, lost })
  })

  it('tells what is there once too often', () => {
    expect(compare([view(10, 11)], recordedAt(10, 10))).toEqual({ ...CLEAN, doubled: ['page view of /a'] })
  })

  it('tells what has another time', () => {
    const wrong = [`page view of /a: 9 s off, of ${ANN}`]
    expect(compare([view(10, 11)], recordedAt(20))).toEqual({ ...CLEAN, wrong })
  })

  it('tells what is somebody else’s', () => {
    const wrong = [`page view of /a: 0 s off, of ${ANN}`]
    expect(compare([view(10, 10, { email: '@anonymous.invalid' })], recordedAt(10))).toEqual({
      ...CLEAN,
      wrong,
    })
  })

  it('gives each of several loads of one page its own record, whatever else would lie nearer', () => {
    // Records have whole seconds: the second one is the nearest to the first load, and then none is left for the last.
    const acts = [view(17.5, 17.9), view(18.6, 18.9), view(20.2, 20.9)]
    expect(compare(acts, recordedAt(17, 18, 20))).toEqual(CLEAN)
  })

  it('misses nothing that is uncertain, and takes none of its records for a double', () => {
    const acts = [view(10, 11, { isUncertain: true }), view(20, 21, { isUncertain: true })]
    expect(compare(acts, recordedAt(20))).toEqual(CLEAN)
  })

  it('leaves a record to the act that is certain', () => {
    const acts = [view(10, 11, { isUncertain: true }), view(11, 12)]
    expect(compare(acts, recordedAt(11))).toEqual(CLEAN)
    expect(compare(acts, recordedAt(11, 11))).toEqual(CLEAN)
    expect(compare(acts, recordedAt()).lost).toHaveLength(1)
  })
})
