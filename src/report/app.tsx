import { useEffect, useState } from 'preact/hooks'
import { SignIn } from './parts/sign-in.js'
import { Report } from './report.js'
import { openShare, type Session } from './session.js'

const SHARE = /^#share=(.+)$/

/** Who may see what: a share link is opened as it is, everybody else signs in. */
export function App() {
  const [session, setSession] = useState<Session>()
  const [reason, setReason] = useState('')

  const leave = (why: string) => {
    setSession(undefined)
    setReason(why)
  }
  /** What a session of before still hears is nothing to the one that has followed it. */
  const leaveExpired = (expired: Session) => {
    setSession(current => (current === expired ? undefined : current))
    setReason(
      expired.shared ? 'This link has expired, or is not whole.' : 'The session has ended. Sign in again.',
    )
  }

  useEffect(() => {
    const follow = () => {
      const [, token] = SHARE.exec(location.hash) ?? []
      if (!token) return
      setSession(openShare(token, leaveExpired))
    }
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])

  if (!session) return <SignIn key={reason} reason={reason} onSession={setSession} onExpired={leaveExpired} />
  return <Report session={session} onSignOut={() => leave('')} />
}
