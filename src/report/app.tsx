import { useEffect, useState } from 'preact/hooks'
import { SignIn } from './parts/sign-in.js'
import { Report } from './report.js'
import { openShare, type RequestError, type Session } from './session.js'

const SHARE = /^#share=(.+)$/

/** Who may see what: a share link is opened as it is, everybody else signs in. */
export function App() {
  const [session, setSession] = useState<Session>()
  const [reason, setReason] = useState('')

  const leave = (error?: RequestError) => {
    setSession(undefined)
    setReason(error ? 'The session has ended. Sign in again.' : '')
  }

  useEffect(() => {
    const follow = () => {
      const [, token] = SHARE.exec(location.hash) ?? []
      if (!token) return
      setSession(
        openShare(token, () => {
          setSession(undefined)
          setReason('This link has expired, or is not whole.')
        }),
      )
    }
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])

  if (!session) return <SignIn key={reason} reason={reason} onSession={setSession} onExpired={leave} />
  return <Report session={session} onSignOut={() => leave()} />
}
