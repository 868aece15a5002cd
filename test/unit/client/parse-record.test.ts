import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseDecline,
  parseEndUser,
  parseList,
  parsePageView,
  parseResponse,
  ShapeError,
} from '../../../src/client/parse-record.js'

/** The document's own examples, and what the service of today answered when others wrote it down. */
const endUser = {
  id: 1,
  created_at: '2014-12-01 18:36:59',
  updated_at: '2014-12-01 18:36:59',
  email: 'nps@example.com',
  last_surveyed: null,
  external_created_at: null,
  user_id: 16,
  page_views_count: 1,
  properties: { plan: 'Small Business', product: 'Example' },
}
const createdEndUser = {
  id: 1,
  email: 'enduser@example.com',
  last_surveyed: '2015-02-12T06:29:27.000-08:00',
  external_created_at: null,
  created_at: '2015-02-12T06:29:27.000-08:00',
  updated_at: '2015-02-12T06:29:27.000-08:00',
  user_id: 1,
  page_views_count: 0,
  properties: "{'company':'TestCompany', 'city':'San Francisco'}",
}
const endUserOfToday = {
  id: 486438462,
  created_at: '2022-08-10 11:39:50 -0700',
  updated_at: '2022-08-10 11:39:50 -0700',
  email: null,
  last_surveyed: '2022-01-20 05:39:21 -0800',
  external_created_at: 1611149961,
  last_seen_at: null,
  properties: { city: 'Mumbai' },
  phone_number: '+19123456789',
  last_response: null,
  settings: { email_nps: true },
}
const response = {
  id: 2,
  created_at: '2014-11-01 17:38:50',
  updated_at: '2014-11-01 17:38:50',
  score: 0,
  text: 'Please fix those bugs',
  ip_address: '127.0.0.1',
  origin_url: 'http://www.fix-bugs.com',
  end_user_id: 1,
  user_id: 16,
}
const decline = {
  id: 2,
  end_user_id: 1,
  created_at: '2014-07-25 14:09:41',
  updated_at: '2014-07-25 14:09:41',
  user_id: 16,
}
const pageView = {
  id: 2,
  end_user_id: 1,
  url: 'http://www.great-service.com',
  at: '2014-12-14 02:13:05',
  created_at: '2014-12-14 02:13:15',
  updated_at: '2014-12-14 02:13:15',
}

/** The field that an error names. */
function fieldOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (error instanceof ShapeError) return error.field
    throw error
  }
}

describe('an end user', () => {
  test('is read as the lists of the document print it', () => {
    const date = new Date('2014-12-01T18:36:59Z')
    expect(parseEndUser(endUser)).toEqual({ ...endUser, created_at: date, updated_at: date })
  })

  test('is read as create, update and delete print it', () => {
    const date = new Date('2015-02-12T14:29:27Z')
    expect(parseEndUser(createdEndUser)).toEqual({
      ...createdEndUser,
      last_surveyed: date,
      created_at: date,
      updated_at: date,
      properties: { company: 'TestCompany', city: 'San Francisco' },
    })
  })

  test('is read as the service of today answers it, without what the document does not know', () => {
    expect(parseEndUser(endUserOfToday)).toEqual({
      id: 486438462,
      created_at: new Date('2022-08-10T18:39:50Z'),
      updated_at: new Date('2022-08-10T18:39:50Z'),
      email: null,
      last_surveyed: new Date('2022-01-20T13:39:21Z'),
      external_created_at: 1611149961,
      phone_number: '+19123456789',
      properties: { city: 'Mumbai' },
    })
  })

  test('without properties has none', () => {
    for (const properties of [null, '', undefined, {}])
      expect(parseEndUser({ ...endUser, properties }).properties).toEqual({})
  })
})

test('a response, a decline and a page view are read as the document prints them', () => {
  const at = (text: string) => new Date(`${text.replace(' ', 'T')}Z`)
  expect(parseResponse(response)).toEqual({
    ...response,
    created_at: at(response.created_at),
    updated_at: at(response.updated_at),
  })
  expect(parseDecline(decline)).toEqual({
    ...decline,
    created_at: at(decline.created_at),
    updated_at: at(decline.updated_at),
  })
  expect(parsePageView(pageView)).toEqual({
    ...pageView,
    at: at(pageView.at),
    created_at: at(pageView.created_at),
    updated_at: at(pageView.updated_at),
  })
})

test('what a response or page view may lack is null', () => {
  const { text, ip_address, ...bare } = response
  expect(parseResponse(bare)).toMatchObject({ text: null, ip_address: null })
  expect(parseResponse({ ...response, origin_url: null })).toMatchObject({ origin_url: null })
  expect(parsePageView({ ...pageView, url: null })).toMatchObject({ url: null })
})

test('a number may come as the text of one', () => {
  expect(
    parseEndUser({ ...endUser, id: '7', page_views_count: '0', external_created_at: '-5' }),
  ).toMatchObject({ id: 7, page_views_count: 0, external_created_at: -5 })
  expect(parseResponse({ ...response, score: '10', end_user_id: '9007199254740991' })).toMatchObject({
    score: 10,
    end_user_id: Number.MAX_SAFE_INTEGER,
  })
})

describe('a wrong shape', () => {
  test.each([
    0,
    -1,
    1.5,
    1e20,
    2 ** 53,
    Number.NaN,
    '',
    '0',
    '01',
    ' 1',
    '1 ',
    '1e3',
    '0x1',
    '1/../2',
    '9007199254740993',
    '1'.repeat(30),
    true,
    null,
    undefined,
    [],
    [1],
    {},
  ])('is an id %j', id => {
    expect(fieldOf(() => parseEndUser({ ...endUser, id }))).toBe('id')
    expect(fieldOf(() => parseResponse({ ...response, end_user_id: id }))).toBe('end_user_id')
  })

  test.each([-1, 11, 7.5, '7.0', ' 7', '7abc', '1e1', 'true', null, undefined])('is a score %j', score => {
    expect(fieldOf(() => parseResponse({ ...response, score }))).toBe('score')
  })

  test.each([null, undefined, 1417459019, '', 'yesterday', '2014-02-30 00:00:00'])('is a time %j', at => {
    expect(fieldOf(() => parsePageView({ ...pageView, at }))).toBe('at')
    expect(fieldOf(() => parseDecline({ ...decline, created_at: at }))).toBe('created_at')
  })

  test('is any field of another type, and is named', () => {
    expect(fieldOf(() => parseEndUser({ ...endUser, email: 7 }))).toBe('email')
    expect(fieldOf(() => parseEndUser({ ...endUser, last_surveyed: 'soon' }))).toBe('last_surveyed')
    expect(fieldOf(() => parseEndUser({ ...endUser, page_views_count: -1 }))).toBe('page_views_count')
    expect(fieldOf(() => parseEndUser({ ...endUser, properties: [] }))).toBe('properties')
    expect(fieldOf(() => parseEndUser({ ...endUser, user_id: 0 }))).toBe('user_id')
    expect(fieldOf(() => parseResponse({ ...response, text: {} }))).toBe('text')
    expect(fieldOf(() => parsePageView({ ...pageView, url: 7 }))).toBe('url')
  })

  test.each([undefined, null, 7, 'x', true, []])('is %j in the place of a record', value => {
    expect(fieldOf(() => parseEndUser(value))).toBeDefined()
  })

  test.each([undefined, null, 7, 'x', {}, { 0: endUser, length: 1 }])(
    'is %j in the place of a list',
    value => {
      expect(fieldOf(() => parseList(value, parseEndUser))).toBe('')
    },
  )

  test('within a list is named with its place, and the list is refused whole', () => {
    expect(fieldOf(() => parseList([endUser, endUser, { ...endUser, id: 'x' }], parseEndUser))).toBe('2.id')
    expect(fieldOf(() => parseList([endUser, null], parseEndUser))).toBe('1')
  })
})

test('a key __proto__ reaches neither the record nor anything else', () => {
  const hostile = JSON.parse(
    `{"__proto__":{"isAdmin":true,"id":7},"constructor":{"prototype":{"isAdmin":true}},${JSON.stringify(endUser).slice(1)}`,
  )
  const parsed = parseEndUser(hostile)
  expect(Object.keys(parsed).sort()).toEqual(Object.keys(endUser).sort())
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  expect(fieldOf(() => parseEndUser(JSON.parse(`{"__proto__":${JSON.stringify(endUser)}}`)))).toBeDefined()
  expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
})

test('whatever the value, it is a whole record or a shape error', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(endUser, createdEndUser, endUserOfToday),
      fc.dictionary(fc.constantFrom(...Object.keys(endUser)), fc.anything()),
    )
    .map(([base, changes]) => ({ ...base, ...changes }))
  fc.assert(
    fc.property(fc.oneof(mutated, fc.anything()), value => {
      let parsed: ReturnType<typeof parseEndUser>
      try {
        parsed = parseEndUser(value)
      } catch (error) {
        expect(error).toBeInstanceOf(ShapeError)
        return
      }
      expect(Number.isSafeInteger(parsed.id) && parsed.id > 0).toBe(true)
      expect(parsed.created_at).toBeInstanceOf(Date)
      expect(parsed.updated_at).toBeInstanceOf(Date)
      expect(parsed.last_surveyed === null || parsed.last_surveyed instanceof Date).toBe(true)
      expect(parsed.email === null || typeof parsed.email === 'string').toBe(true)
      expect(typeof parsed.properties).toBe('object')
    }),
  )
})
