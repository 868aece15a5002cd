import { describe, expect, it } from 'vitest'
import { normalizeUrl } from '../../../src/widget/capture/page-url.js'

describe('a page’s address', () => {
  it('has whole characters and no U+0000', () => {
    const url = normalizeUrl('https://shop.example/goo\ud83dd\0x', {})
    expect(url).toBe('https://shop.example/goo%EF%BF%BDd%00x')
    expect(url).not.toMatch(/\p{Cs}|\0/u)
  })

  it('is cut where it is longer than the proxy reads', () => {
    const url = normalizeUrl(`https://shop.example/${'a'.repeat(70_000)}`, {})
    expect(url).toHaveLength(8_192)
  })
})
