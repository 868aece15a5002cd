import { expect, test } from 'vitest'
import { ZerotenError } from '../../../src/http/zeroten-error.js'

test('an error of ours is an Error with a code to branch on, and keeps its cause', () => {
  const cause = new Error('below')
  const error = new ZerotenError('disk_full', 'The disk is full', { cause })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'ZerotenError',
    code: 'disk_full',
    message: 'The disk is full',
    cause,
  })
  expect(String(error)).toBe('ZerotenError: The disk is full')
})
