import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Settings } from '../../../src/widget/settings/settings.js'
import { isAllowedHere } from '../../../src/widget/survey-flow/page-rules.js'

const on = (settings: Settings, pathname: string, hash = '') => isAllowedHere(settings, { pathname, hash })

describe('the pages where the question may come', () => {
  it('are all, where nothing is said', () => {
    expect(on({}, '/')).toBe(true)
    expect(on({}, '/any/where')).toBe(true)
  })

  it('are those that are included, as they stand or by a star', () => {
    const settings = { includePages: ['/', '/account/*'] }
    expect(on(settings, '/')).toBe(true)
    expect(on(settings, '/account/orders/7')).toBe(true)
    expect(on(settings, '/account')).toBe(false)
    expect(on(settings, '/shop/account/x')).toBe(false)
  })

  it('are not those that are excluded, even if included', () => {
    const settings = { includePages: ['/shop/*'], excludePages: ['*/checkout*'] }
    expect(on(settings, '/shop/bikes')).toBe(true)
    expect(on(settings, '/shop/checkout')).toBe(false)
    expect(on(settings, '/shop/checkout/payment')).toBe(false)
  })

  it('take every other character for itself', () => {
    expect(on({ includePages: ['/a.b(c)+[d]'] }, '/a.b(c)+[d]')).toBe(true)
    expect(on({ includePages: ['/a.b'] }, '/axb')).toBe(false)
    expect(on({ excludePages: [''] }, '/')).toBe(true)
  })

  it('are told by their fragment where fragments are routes', () => {
    const settings = { excludePages: ['/#/checkout*'] }
    expect(on(settings, '/', '#/checkout/2')).toBe(true)
    expect(on({ ...settings, hashRoutes: true }, '/', '#/checkout/2')).toBe(false)
    expect(on({ ...settings, hashRoutes: true }, '/', '#/bikes')).toBe(true)
  })

  it('may be given as one text, by whoever has no types', () => {
    expect(on({ excludePages: '/checkout' as unknown as string[] }, '/checkout')).toBe(false)
  })

  it('are the same as by a regular expression', () => {
    const text = (...letters: string[]) => fc.array(fc.constantFrom(...letters)).map(all => all.join(''))
    fc.assert(
      fc.property(text('a', 'b', '/'), text('a', 'b', '/', '*'), (path, pattern) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(path)
        expect(on({ includePages: [pattern] }, path)).toBe(expected)
      }),
    )
  })

  it('are found by one search a star, however long the path is', () => {
    const search = vi.spyOn(String.prototype, 'indexOf')
    onTestFinished(() => search.mockRestore())
    expect(on({ excludePages: ['*a*a*b'] }, `/${'a'.repeat(8_000)}`)).toBe(true)
    expect(search.mock.calls.filter(([part]) => part === 'a').length).toBeLessThanOrEqual(3)
  })
})
