import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ZerotenError } from '../../http/zeroten-error.js'
import { isPrivateAddress } from './private-address.js'

export interface Address {
  address: string
  family: number
}

/** The addresses of a host name. Rejects where it has none. */
export type Resolve = (hostname: string) => Promise<Address[]>

/** As the system resolves names. */
export const resolveBySystem: Resolve = hostname => lookup(hostname, { all: true })

/** Where a message goes: the address that was looked at is the one that is connected to. */
export interface Target extends Address {
  url: URL
}

export interface TargetOptions {
  /** Whether addresses that are none of the public internet's are taken. */
  allowPrivate: boolean
  resolve: Resolve
}

export const MAX_URL = 2_000

/** The codes of what {@link resolveTarget} throws. */
export type TargetErrorCode = 'webhook_url_invalid' | 'webhook_url_private' | 'webhook_url_unresolved'

const refuse = (code: TargetErrorCode, message: string) => new ZerotenError(code, message)

/** @throws ZerotenError `webhook_url_invalid` */
function parseTargetUrl(text: string): URL {
  const url = text.length <= MAX_URL && URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw refuse('webhook_url_invalid', 'must be an http or https URL')
  if (url.username || url.password)
    throw refuse('webhook_url_invalid', 'must be a URL without user and password')
  return url
}

/**
 * Resolves the host of a URL, once: what is checked here is what is connected to, so that a name which answers otherwise the
 * next time (DNS rebinding) leads nowhere else. A name of which one address is private is refused whole.
 *
 * @throws ZerotenError with a {@link TargetErrorCode}
 */
export async function resolveTarget(text: string, { allowPrivate, resolve }: TargetOptions): Promise<Target> {
  const url = parseTargetUrl(text)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const isLocalName = /(^|\.)localhost\.?$/i.test(hostname)
  if (isLocalName && !allowPrivate) throw isPrivate()
  const family = isIP(hostname)
  const addresses = family
    ? [{ address: hostname, family }]
    : await resolve(hostname).catch((cause: unknown) => {
        throw new ZerotenError('webhook_url_unresolved', 'has a host that can’t be resolved', { cause })
      })
  const [first] = addresses
  if (!first) throw refuse('webhook_url_unresolved', 'has a host that can’t be resolved')
  if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address))) throw isPrivate()
  return { url, ...first }
}

const isPrivate = () =>
  refuse('webhook_url_private', 'leads to a private address: see --allow-private-webhooks')
