/**
 * What a site has to mend, a chunk of its own: told as `error` events, and in debug on the console. Fetches identity tokens
 * where the page gave a function for it.
 */
import { ZerotenError } from '../../http/zeroten-error.js'
import type { BatchAnswer } from '../../wire/delivery.js'
import type { WidgetContext } from '../boot/context.js'
import type { TokenSource } from '../identity/identity.js'
import { identitySentence, refusalSentence } from './refusal-sentences.js'

/**
 * Asks the page for the identity token of whoever is here. What the page has said of them meanwhile is stronger.
 *
 * @param expired the token that there is
 */
export async function fetchToken(context: WidgetContext, expired?: string): Promise<void> {
  const { settings, tokenSource } = context
  const token = await (tokenSource ?? settings.onIdentityExpired)?.()
  if (context.tokenSource !== tokenSource || settings.identityToken !== expired) return
  // A page that gives nothing back says by `identify()` who is here, or will.
  if (!tokenSource && typeof token !== 'string') return
  const configured = context.configure({ identityToken: token ?? null })
  context.tokenSource = tokenSource
  await configured
}

/** Functions that are being asked: what says twice in one moment how to get the token asks once. */
const asked = new WeakSet<TokenSource>()

/** Asks the page's function for the token, where there is none yet. */
export async function askSource(context: WidgetContext): Promise<void> {
  const { tokenSource, settings, signal } = context
  if (!tokenSource || settings.identityToken || signal.aborted || asked.has(tokenSource)) return
  asked.add(tokenSource)
  try {
    await fetchToken(context)
  } finally {
    // A function that throws at once is not asked again by what the page says in this same moment.
    setTimeout(() => asked.delete(tokenSource))
  }
}

/**
 * Tells of a problem, and mends it where the page can: it is asked for another token in the place of one that has expired.
 *
 * @param problem why an identity is not believed, or the status of a refused request
 */
export async function tellProblem(
  context: WidgetContext,
  problem: NonNullable<BatchAnswer['identity_problem']> | number,
  token?: string,
): Promise<void> {
  const isRefusal = typeof problem === 'number'
  const sentence = isRefusal ? refusalSentence(problem) : identitySentence(problem)
  context.emitter.report(new ZerotenError(isRefusal ? `status_${problem}` : problem, sentence))
  if (problem === 'identity_expired') await fetchToken(context, token)
}
