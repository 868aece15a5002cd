import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readBlock } from '../support/readme-block.mjs'
import { sizeTable } from '../support/sizes.mjs'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('README', () => {
  it('tells the sizes that were built (node test/size.mjs --write)', () => {
    expect(readBlock(readme, 'sizes')).toBe(sizeTable())
  })
})
