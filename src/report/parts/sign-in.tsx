import { useState } from 'preact/hooks'
import { type OnExpired, RequestError, type Session, signIn } from '../session.js'

interface SignInProps {
  /** Why one is here again. */
  reason: string
  onSession(session: Session): void
  onExpired: OnExpired
}

const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''

/** Asks for the account's e-mail and password. A demonstration fills them in. */
export function SignIn({ reason, onSession, onExpired }: SignInProps) {
  const [state, setState] = useState({ error: reason, busy: false })
  const isDemo = meta('report-password') !== ''

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    setState({ error: '', busy: true })
    try {
      onSession(await signIn(String(fields.get('email')), String(fields.get('password')), onExpired))
    } catch (error) {
      setState({ error: error instanceof RequestError ? error.message : 'Signing in failed.', busy: false })
    }
  }

  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <h1>The score</h1>
        <p class="quiet">
          {isDemo
            ? 'This is the demonstration: its account is filled in.'
            : 'Sign in with the e-mail and the password of the account.'}
        </p>
        <label>
          E-mail
          <input
            name="email"
            type="text"
            inputMode="email"
            autocomplete="username"
            required
            defaultValue={meta('report-email')}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            defaultValue={meta('report-password')}
          />
        </label>
        {state.error && (
          <p class="error" role="alert">
            {state.error}
          </p>
        )}
        <button type="submit" class="main" disabled={state.busy}>
          {state.busy ? 'Signing in …' : 'Sign in'}
        </button>
        <p class="quiet small">The token stays in this page’s memory: closing or reloading it signs out.</p>
      </form>
    </main>
  )
}
