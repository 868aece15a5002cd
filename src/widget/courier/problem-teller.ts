import type { WidgetContext } from '../boot/context.js'
import type * as problems from '../diagnostics/problems.js'

/** A status that no waiting heals, or why the proxy does not believe the page. */
export type Problem = Parameters<typeof problems.tellProblem>[1]

/** Tells what the site has to mend: each problem once, or once for each token, by a chunk that is loaded for it. */
export function createProblemTeller(context: WidgetContext): (problem: Problem, token?: string) => void {
  const told = new Set<string>()
  return context.emitter.guard(async (problem: Problem, token?: string) => {
    const key = `${problem} ${token}`
    if (told.has(key)) return
    told.add(key)
    try {
      const { tellProblem } = (await context.load('problems')) as typeof problems
      await tellProblem(context, problem, token)
    } catch (error) {
      // The chunk may be there, and the page may have a token, when the proxy says so again.
      told.delete(key)
      throw error
    }
  })
}
