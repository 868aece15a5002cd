import type { Deployment } from '../support/deployment.js'
import type { Scene } from '../support/scene.js'

/** What a problem names: the path of a page view, the text of a response, or the id of what waits or is dead. */
const nameIn = (problem: string): string | undefined =>
  /page view of (\S+?):?( |$)/.exec(problem)?.[1] ??
  /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/.exec(problem)?.[0] ??
  /"(.+)"/.exec(problem)?.[1]

/** What a page said of an event, or what happened to it in the store. */
export interface Told {
  atMs: number
  line: string
}

export interface Run {
  scene: Scene
  deployment: Deployment
  told: readonly Told[]
  startMs: number
}

/**
 * The acts that a problem may be of, and every time that its event was seen: by pages, in a store that was deleted, at the
 * site and on the wire to the API. A cause is found by it.
 */
export function historyOf(problem: string, { scene, deployment, told, startMs }: Run): string[] {
  const name = nameIn(problem)
  if (!name) return []
  const { wire } = deployment
  const { batches, arrivals } = scene.site
  // Also as a form has it.
  const isNamed = (text: string) =>
    decodeURIComponent(text.replaceAll('+', ' '))
      .split(/["&]/)
      .some(part => part.endsWith(name))
  const seen: [atMs: number, line: string][] = []
  const ids = new Set<string>()
  for (const [index, { id, events }] of batches.entries())
    for (const event of events)
      if (isNamed(JSON.stringify(event))) {
        ids.add(event.id)
        seen.push([
          arrivals[index] ?? 0,
          `site: batch ${id}: event ${event.id} at ${event.at} ${event.tried ? 'tried' : 'new'} ${event.ticket ? 'ticket' : ''}`,
        ])
      }
  for (const { body, arrivedMs, method, path, headers } of wire.requests)
    if (isNamed(body) || headers['idempotency-key'] === name)
      seen.push([arrivedMs, `wire: ${method} ${path} ${headers['idempotency-key']} ${body}`])
  for (const { atMs, line } of told)
    if (isNamed(line) || [...ids].some(id => line.includes(id))) seen.push([atMs, line])
  for (const act of scene.acts)
    if (isNamed(JSON.stringify(act))) {
      const lastMs = act.toMs - act.fromMs
      seen.push([act.fromMs, `act: ${act.type}, took ${lastMs} ms${act.isUncertain ? ', uncertain' : ''}`])
    }
  return seen
    .sort(([a], [b]) => a - b)
    .map(([atMs, line]) => `  ${((atMs - startMs) / 1_000).toFixed(3).padStart(8)} ${line}`)
}
