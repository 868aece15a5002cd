import { SignJWT } from 'jose'
import { IDENTITY_SECRET } from './start-proxy.js'

/** An identity token of that visitor's, as a site's server makes it. @param expiresInS below 0: it has expired */
export const identityToken = (email: string, expiresInS = 600): Promise<string> => {
  const nowS = Math.floor(Date.now() / 1_000)
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(email)
    .setAudience('zeroten')
    .setIssuedAt(nowS + Math.min(expiresInS, 0) - 600)
    .setExpirationTime(nowS + expiresInS)
    .sign(new TextEncoder().encode(IDENTITY_SECRET))
}
