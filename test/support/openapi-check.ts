import { Ajv2020 } from 'ajv/dist/2020.js'

interface Operation {
  responses: Record<string, { content?: { 'application/json': { schema: object } } } | undefined>
}

interface Description {
  paths: Record<string, Record<string, Operation | undefined>>
}

/**
 * A `fetch` that throws where an answer is not as the API's own `/openapi.json` describes it. Paths and methods which are
 * not in the description must be refused as such.
 */
export async function createCheckedFetch(url: string): Promise<typeof fetch> {
  const description = (await (await fetch(`${url}/openapi.json`)).json()) as Description
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(description, 'api')
  const templates = Object.keys(description.paths)
    // The exact path before the one with a parameter in its place.
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map(path => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))

  /** What is wrong with an answer, undefined where nothing is. */
  function faultOf(method: string, pathname: string, status: number, body: unknown): string | undefined {
    const canonical = pathname
      .replace(/\/$/, '')
      .replace(/\.json$/, '')
      .replace(/^\/api(?=\/v1\/)/, '')
      .replace('/respones/', '/responses/')
    const path = templates.find(({ pattern }) => pattern.test(canonical))?.path
    if (path === undefined) return status === 404 ? undefined : 'is no path, and must be 404'
    const verb = method.toLowerCase()
    const operation = description.paths[path]?.[verb]
    if (!operation) return status === 405 ? undefined : 'is no method, and must be 405'
    const code = operation.responses[status] ? String(status) : 'default'
    if (!operation.responses[code]) return 'is not described'
    if (status === 204) return body === undefined ? undefined : 'must have no body'
    const pointer = ['paths', path, verb, 'responses', code, 'content', 'application/json', 'schema']
    const escaped = pointer.map(part => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
    const validate = ajv.getSchema(`api#/${escaped.join('/')}`)
    if (!validate) return 'has no schema'
    return validate(body) ? undefined : ajv.errorsText(validate.errors)
  }

  return async (input, init) => {
    const response = await fetch(input, init)
    const text = await response.clone().text()
    const { pathname } = new URL(String(input))
    const method = init?.method ?? 'GET'
    const fault =
      method === 'HEAD'
        ? undefined
        : faultOf(method, pathname, response.status, text === '' ? undefined : JSON.parse(text))
    if (fault) throw new Error(`${method} ${pathname} ${response.status}: ${fault}`)
    return response
  }
}
