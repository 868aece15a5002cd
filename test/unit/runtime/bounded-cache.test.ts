import { describe, expect, it } from 'vitest'
import { createBoundedCache } from '../../../src/runtime/bounded-cache.js'

describe('what was used of late', () => {
  it('is there while no more than half of the room has been used since', () => {
    const recent = createBoundedCache<number>(10)
    for (let n = 0; n < 100; n++) {
      recent.set(`key ${n}`, n)
      for (let back = 0; back < Math.min(n, 5); back++) expect(recent.get(`key ${n - back}`)).toBe(n - back)
    }
  })

  it('stays as long as it is used', () => {
    const recent = createBoundedCache<number>(10)
    recent.set('mine', 1)
    for (let n = 0; n < 100; n++) {
      recent.set(`key ${n}`, n)
      expect(recent.get('mine')).toBe(1)
    }
  })

  it('is forgotten once so many others were used that there is no room', () => {
    const recent = createBoundedCache<number>(10)
    for (let n = 0; n < 100; n++) recent.set(`key ${n}`, n)
    const held = Array.from({ length: 100 }, (_, n) => recent.get(`key ${n}`)).filter(
      value => value !== undefined,
    )
    expect(held.length).toBeLessThanOrEqual(10)
    expect(recent.get('key 0')).toBeUndefined()
  })

  it('is gone once it was deleted, and new once it was set again', () => {
    const recent = createBoundedCache<number>(4)
    for (const key of ['a', 'b', 'c']) recent.set(key, 1)
    recent.delete('a')
    recent.set('b', 2)
    expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([undefined, 2, 1])
  })
})
