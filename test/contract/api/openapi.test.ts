import { expect, onTestFinished, test } from 'vitest'
import { startApi } from '../../support/start-api.js'

type Json = { readonly [name: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** Any of them says how long a text may be. */
const BOUNDS = ['maxLength', 'pattern', 'format', 'enum', 'const', 'anyOf', 'oneOf']

/** Where the description has a text without bounds, below `value`. */
function unboundedTexts(value: unknown, path: string): string[] {
  if (!isObject(value)) return []
  const isText = [value.type].flat().includes('string')
  const isBounded = BOUNDS.some(name => name in value)
  const below = Object.entries(value).flatMap(([name, part]) => unboundedTexts(part, `${path}/${name}`))
  return isText && !isBounded ? [path, ...below] : below
}

test('every text of a request says in the OpenAPI description how long it may be', async () => {
  const { url } = await startApi(onTestFinished)
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Json }
  const requests = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Json).flatMap(([method, endpoint]) => {
      const { parameters, requestBody } = endpoint as Json
      return unboundedTexts({ parameters, requestBody }, `${method} ${path}`)
    }),
  )
  expect(requests).toEqual([])
})
