/** Why requests to the proxy do not pass, and what to do, by the status of its response. */
const BY_STATUS: Readonly<Record<string, string>> = {
  0: 'The proxy does not answer: see that it runs, and that its path on this origin leads to it. What was recorded waits on this device, and is sent then.',
  403: 'Something refuses requests to the proxy with 403: a firewall, a log-in, or another origin. Let POST requests to its path pass.',
  404: 'Nothing is at the proxy’s path (404): see `base` and the route of your web server.',
  405: 'What answers at the proxy’s path takes no POST (405): see `base` and the route of your web server.',
  429: 'The proxy wants fewer requests from this address (429): wait, or see its limits and trustProxy.',
}

/** A status that has no sentence of its own is told by its number. */
export const refusalSentence = (status: unknown): string =>
  BY_STATUS[String(status)] ??
  `The proxy answers with the status ${status}: its log says why. What was recorded waits on this device.`

/** Why the proxy does not believe who the page says is here, and what to do. */
export const identitySentence = (problem: unknown): string =>
  problem === 'identity_expired'
    ? 'The identity token has expired: give a new one, configure({ identityToken }), or a function that fetches it. What was recorded waits for it.'
    : 'The identity token is not valid, or the proxy does not know whose it is: see that your server signs it with the identity secret that the proxy has. What was recorded waits for a valid one.'
