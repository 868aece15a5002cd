import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 bits that nobody can guess, in 43 characters that need no escaping anywhere. */
export const randomSecret = (): string => randomBytes(32).toString('base64url')

/** What is stored of a random secret. Not for passwords, which people choose. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Compares two hashes in a time that says nothing about them. */
export const equalHashes = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** A secret that follows from `value` for who has `key`, and for nobody else. */
export const deriveSecret = (key: string, label: string, value: string): string =>
  createHmac('sha256', key).update(`${label}\0${value}`).digest('base64url')
