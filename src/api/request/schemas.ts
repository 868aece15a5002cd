import { isIP } from 'node:net'
import * as v from 'valibot'
import { LAST_SECOND, MAX_LABEL_LENGTH, MAX_TEXT_LENGTH } from '../../domain/bounds.js'
import { isLine, isStorable } from '../../domain/storable-text.js'
import { properties } from './properties.js'

/**
 * What each parameter may be. Values arrive as text (urlencoded, multipart, query) or as JSON has them, so a number may
 * be `7` or `'7'`. `metadata` is how the OpenAPI description puts what JSON Schema can't say; it comes before any transform.
 */

const PHONE_NUMBER = /^\+?(?:[\s()./-]*\d){3,20}[\s()./-]*$/

/** Text without U+0000, which PostgreSQL can't store, and without lone surrogates, which UTF-8 can't say. */
const storable = v.check<string, string>(isStorable, 'must not contain U+0000 or lone surrogates')

const atMost = (codePoints: number) =>
  v.check<string, string>(
    // Code points are at most as many as code units, which are cheaper to count.
    text => text.length <= codePoints || [...text].length <= codePoints,
    `must be at most ${codePoints} characters`,
  )

const string = v.string(issue => (issue.input === null ? 'is required' : 'must be text'))

/** A parameter that is not there, or is JSON null. */
const optional = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

const numeric = (pattern: RegExp, message: string, json: object) =>
  v.pipe(
    v.unknown(),
    v.metadata({ ...json }),
    v.check(input => input !== undefined && input !== null, 'is required'),
    v.check(input => typeof input === 'string' || typeof input === 'number', message),
    v.transform(String),
    v.regex(pattern, message),
    v.transform(Number),
  )

/** Whole seconds since 1970, up to the year 9999. */
export const unixSeconds = v.pipe(
  numeric(/^\d{1,15}$/, 'must be a UNIX timestamp in whole seconds', {
    type: ['integer', 'string'],
    pattern: '^\\d{1,15}$',
    minimum: 0,
    maximum: LAST_SECOND,
    description: 'Whole seconds since 1970.',
  }),
  v.maxValue(LAST_SECOND, 'must not be after the year 9999'),
)

const text = v.pipe(string, v.metadata({ maxLength: MAX_TEXT_LENGTH }), storable, atMost(MAX_TEXT_LENGTH))

/** A unique identifier; that of an end user is mostly an e-mail address, but need not be. */
export const email = v.pipe(
  string,
  v.metadata({ minLength: 1, maxLength: MAX_LABEL_LENGTH }),
  v.check(value => value.trim() !== '', 'must not be empty'),
  atMost(MAX_LABEL_LENGTH),
  v.check(isLine, 'must not contain control characters'),
)

const score = numeric(/^(10|[0-9])$/, 'must be a whole number from 0 to 10', {
  type: ['integer', 'string'],
  pattern: '^(10|[0-9])$',
  minimum: 0,
  maximum: 10,
})

const originUrl = v.pipe(
  string,
  v.metadata({ maxLength: MAX_TEXT_LENGTH }),
  v.nonEmpty('must not be empty'),
  storable,
  atMost(MAX_TEXT_LENGTH),
)

const ipAddress = v.pipe(
  string,
  v.metadata({ anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
  // A zone (`fe80::1%eth0`) means something on one machine only.
  v.check(value => isIP(value) !== 0 && !value.includes('%'), 'must be an IPv4 or IPv6 address'),
)

/** A word or an id that is kept as it comes. */
const label = (length: number) =>
  v.pipe(
    string,
    v.metadata({ maxLength: length }),
    v.check(isLine, 'must not contain control characters'),
    atMost(length),
  )

/** What the customer's own system calls an end user. Existing clients send numbers too. */
const externalId = v.pipe(
  v.unknown(),
  v.metadata({ type: ['string', 'integer'], minLength: 1, maxLength: MAX_LABEL_LENGTH }),
  v.transform(input => (Number.isSafeInteger(input) ? String(input) : input)),
  label(MAX_LABEL_LENGTH),
  v.check(value => value.trim() !== '', 'must not be empty'),
)

/** Digits, with what people write between them; what is compared are the digits. */
const phoneNumber = v.pipe(
  string,
  v.metadata({ maxLength: 40, pattern: PHONE_NUMBER.source }),
  v.trim(),
  v.regex(PHONE_NUMBER, 'must be a phone number of 3 to 20 digits'),
)

const boolean = v.pipe(
  v.unknown(),
  v.metadata({
    type: ['boolean', 'string', 'integer'],
    enum: [true, false, 'true', 'false', '1', '0', 1, 0],
  }),
  v.transform(String),
  v.picklist(['true', 'false', '1', '0'], 'must be true or false'),
  v.transform(word => word === 'true' || word === '1'),
)

const priority = v.pipe(
  numeric(/^\d{1,9}$/, 'must be a whole number', {
    type: ['integer', 'string'],
    pattern: '^\\d{1,9}$',
    minimum: 0,
  }),
)

/** The message is that of a parameter which is not there. */
const parameters = <E extends v.ObjectEntries>(entries: E) => v.object(entries, 'is required')

/**
 * Of creating an end user, which needs one of the first three, and of updating one. JSON null clears a value, and removes
 * a property.
 */
export const endUserParameters = parameters({
  email: optional(email),
  external_id: optional(externalId),
  phone_number: optional(phoneNumber),
  last_surveyed: optional(unixSeconds),
  external_created_at: optional(unixSeconds),
  // This API's own: when the end user did what this is about. What was done before an erasure is refused.
  acted_at: optional(unixSeconds),
  properties: optional(properties),
})

/** Of deleting an end user: `erase` leaves a tombstone, so that what waits on a device is not taken any more. */
export const deleteEndUserParameters = parameters({ erase: optional(boolean) })

export const updateSettings = parameters({
  email_nps: optional(boolean),
  web_nps: optional(boolean),
  mobile_nps: optional(boolean),
  force_web_survey: optional(boolean),
  surveys_disabled_by_end_user: optional(boolean),
})

/** What the SDKs and later clients say of the survey that a response or a decline belongs to. */
const surveyFields = {
  survey: optional(
    v.object(
      {
        language: optional(label(35)),
        channel: optional(label(64)),
        unique_link: optional(label(MAX_LABEL_LENGTH)),
        // What our proxy knows of the moment; services that never heard of it ignore it.
        form: optional(label(64)),
        level: optional(label(64)),
        wording: optional(label(64)),
        version: optional(label(64)),
        device: optional(label(64)),
      },
      'must be a hash',
    ),
  ),
  priority: optional(priority),
  end_user: optional(v.object({ properties: optional(properties) }, 'must be a hash')),
}

const marks = { completed: optional(boolean), excluded_from_calculations: optional(boolean) }

export const createResponse = parameters({
  score,
  origin_url: originUrl,
  text: optional(text),
  ip_address: optional(ipAddress),
  created_at: optional(unixSeconds),
  ...surveyFields,
  ...marks,
})

export const createDecline = parameters({
  created_at: optional(unixSeconds),
  origin_url: optional(originUrl),
  ip_address: optional(ipAddress),
  ...surveyFields,
  ...marks,
})

/** That a survey was visible; `unique_link` names its invitation. */
export const createImpression = parameters({
  created_at: optional(unixSeconds),
  survey: v.object(
    {
      ...surveyFields.survey.wrapped.wrapped.entries,
      unique_link: v.pipe(label(MAX_LABEL_LENGTH), v.nonEmpty('must not be empty')),
    },
    issue => (issue.input === undefined ? 'is required' : 'must be a hash'),
  ),
})

/** Of a response or a decline that is there. */
export const updateMarks = parameters(marks)

export const createPageView = parameters({ at: optional(unixSeconds), url: optional(text) })
