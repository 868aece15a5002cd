/**
 * One parser for a setting's value, whoever wrote it: an attribute, code, Wootric's names, a template with nobody logged in.
 * Each kind gets the value and its text, and gives undefined for what does not fit.
 */
export type ParseValue = (text: string, value: unknown) => unknown

/** An identity token is the longest text that there is; the proxy takes none that is longer. */
const MAX_TEXT = 8_192
/** Of all properties together: beside 32 KiB of events they have to fit into a batch, whatever letters they are made of. */
const MAX_PROPERTIES = 8_000
const MAX_PROPERTY = 1_000

/** The fields of whatever a page holds: one that throws when it is read costs itself alone. */
export function fieldsOf(given: unknown): [name: string, value: unknown][] {
  try {
    return Object.keys(given as object).flatMap(name => {
      try {
        return [[name, (given as Record<string, unknown>)[name]]]
      } catch {
        // A getter of the page's.
        return []
      }
    })
  } catch {
    // No object, or a proxy of the page's.
    return []
  }
}

export const yesOrNo: ParseValue = text =>
  text === 'true' || text === '1' || (text === 'false' || text === '0' ? false : undefined)

/** Who says no in other words has not given consent either. */
export const consent: ParseValue = text =>
  text === 'false' ? 'pending' : /^(granted|pending|refused)$/.test(text) ? text : undefined

/** No scheme, no `//host`, no `\\host`: what follows an origin's name stays on that origin. */
export const path: ParseValue = text => /^((\/[^/\\?#\s]+)*)\/?$/.exec(text)?.[1]

export const number: ParseValue = text => (Number(text) >= 0 ? Number(text) : undefined)

/** Separated by spaces or commas, or as JSON; an array's text is separated by commas. */
export const list: ParseValue = text => text.match(/[^\s,"[\]]+/g) ?? undefined

/** As every database takes it: half an emoji becomes U+FFFD (`toWellFormed()` is younger than our browsers), U+0000 goes. */
const repair = (text: string): string => text.replace(/\0/g, '').replace(/\p{Cs}/gu, '\ufffd')

export const text: ParseValue = (text, value) =>
  /^(st|nu|bi)/.test(typeof value) && text.length <= MAX_TEXT ? repair(text) : undefined

/** The one thing that `identity` can say. */
export const later: ParseValue = text => (text === 'later' ? text : undefined)

export const callback: ParseValue = (_, value) => (typeof value === 'function' ? value : undefined)

export const textOrCallback: ParseValue = (one, value) => callback(one, value) ?? text(one, value)

/** Properties as a batch can carry them: flat, under names that the proxy takes, of a bounded size. */
export const properties: ParseValue = (_, value) => {
  let left = MAX_PROPERTIES
  const fields = fieldsOf(typeof value === 'string' ? JSON.parse(value) : value)
  return Object.fromEntries(
    fields.flatMap(([name, one]) => {
      // Neither objects nor names that a prototype has for itself.
      if ((one !== null && !/^(st|nu|bo)/.test(typeof one)) || name in {} || name === 'prototype') return []
      const size = `${name}${one}`.length
      if (size < MAX_PROPERTY) left -= size
      return size < MAX_PROPERTY && left > 0
        ? [[repair(name), typeof one === 'string' ? repair(one) : one]]
        : []
    }),
  )
}

/** Timers take 2^31 ms; with more they end at once. */
export const seconds: ParseValue = text => (Number(text) >= 0 ? Math.min(Number(text), 2_147_483) : undefined)

/** One text for everyone, or an object of texts by class, which may be JSON. */
export const textPerClass: ParseValue = (one, value) => {
  const fields = fieldsOf(typeof value === 'object' ? value : one.startsWith('{') && JSON.parse(one))
  const texts = fields.flatMap(([name, part]) =>
    text(String(part).trim(), part) ? [[name, String(part)]] : [],
  )
  return texts.length ? Object.fromEntries(texts) : text(one, value)
}

/** The core has parsed it. */
export const asParsed: ParseValue = (_, value) => value
