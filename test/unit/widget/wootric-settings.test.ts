import { describe, expect, it } from 'vitest'
import type { Settings } from '../../../src/widget/settings/settings.js'
import { SETTINGS, WOOTRIC_ONLY } from '../../../src/widget/settings/settings-table.js'
import { type Given, type GivenGlobals, toSettings } from '../../../src/widget/wootric/to-settings.js'

const read = (given: Given, globals: GivenGlobals = {}) => {
  const told: string[] = []
  return { settings: toSettings(given, globals, name => told.push(name)), told }
}

/** A value under a name of the table, where that name says that it stands: `Wootric.thankYouMessages.thank_you_main`. */
const place = (name: string, value: unknown): [Given, GivenGlobals] => {
  const [first = '', ...rest] = name.split('.')
  const nested = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  return ['Wootric', 'customMessages'].includes(first) ? [{}, { [first]: nested }] : [{ [first]: nested }, {}]
}

/** What a site may write under each of Wootric's names, and what that is here. */
const SAMPLES: Record<string, [written: unknown, here: unknown]> = {
  identity_token: ['a.b.c', 'a.b.c'],
  email: ['ada@example.com', 'ada@example.com'],
  external_id: [42, '42'],
  phone_number: ['+4917012345', '+4917012345'],
  created_at: ['1528416000', 1_528_416_000],
  properties: [{ plan: 'pro' }, { plan: 'pro' }],
  group_info: [{ name: 'Acme' }, { group_name: 'Acme' }],
  event_name: ['on_purchase', 'on_purchase'],
  wootric_time_delay: ['5', 5],
  wootric_survey_immediately: [true, true],
  wootric_first_survey: [45, 45],
  wootric_resurvey_throttle: [60, 60],
  wootric_decline_resurvey_throttle: ['10', 10],
  wootric_registered_percent: [33, 33],
  wootric_visitor_percent: [1, 1],
  modal_position: ['top', 'top'],
  modal_theme: ['dark', 'dark'],
  modal_footprint: ['compact', 'compact'],
  scale_color: ['gradient', 'gradient'],
  wootric_close_position: ['right', 'end'],
  'customMessages.wootric_question': ['Would you come again?', 'Would you come again?'],
  'customMessages.wootric_recommend_target': ['your team', 'your team'],
  language: ['PT_PT', 'PT_PT'],
  product_name: ['Kestrel', 'Kestrel'],
  wootric_recommend_target: ['your team', 'your team'],
  'customMessages.followup_question': ['Why?', { all: 'Why?' }],
  'customMessages.followup_questions_list': [
    { promoter_question: 'P?', passive_question: 'N?', detractor_question: 'D?' },
    { promoter: 'P?', passive: 'N?', detractor: 'D?' },
  ],
  'customMessages.placeholder_text': ['Say', { all: 'Say' }],
  'customMessages.placeholder_texts_list': [{ detractor_text: 'Sorry' }, { detractor: 'Sorry' }],
  ask_permission_to_share_feedback: [true, true],
  permission_labels: [{ EN: 'You may', FR: 'Vous pouvez' }, 'You may'],
  show_opt_out: ['true', true],
  'Wootric.thankYouMessages.thank_you_main': ['Thanks', { all: 'Thanks' }],
  'Wootric.thankYouMessages.thank_you_main_list': [{ promoter_thank_you_main: 'Yes' }, { promoter: 'Yes' }],
  'Wootric.thankYouMessages.thank_you_setup': ['Do it', { all: 'Do it' }],
  'Wootric.thankYouMessages.thank_you_setup_list': [{ passive_thank_you_setup: 'Hm' }, { passive: 'Hm' }],
  'Wootric.thankYouLinks.thank_you_link_text': ['Here', { all: 'Here' }],
  'Wootric.thankYouLinks.thank_you_link_text_list': [
    { detractor_thank_you_link_text: 'Help' },
    { detractor: 'Help' },
  ],
  'Wootric.thankYouLinks.thank_you_link_url': ['https://a.example/', { all: 'https://a.example/' }],
  'Wootric.thankYouLinks.thank_you_link_url_list': [
    { promoter_thank_you_link_url: 'https://b.example/' },
    { promoter: 'https://b.example/' },
  ],
  'Wootric.add_score_param_to_url': [true, 'wootric_score'],
  'Wootric.add_comment_param_to_url': [true, 'wootric_comment'],
  facebook_page: ['https://www.facebook.com/kestrel', 'https://www.facebook.com/kestrel'],
  twitter_account: ['kestrel', 'kestrel'],
}

const rows = Object.entries(SETTINGS).flatMap(([ours, { wootric = [] }]) =>
  wootric.map(name => [name, ours as keyof Settings] as const),
)

describe("a setting by Wootric's name", () => {
  it.each(rows)('%s is %s', (name, ours) => {
    const [written, here] = SAMPLES[name] ?? []
    expect(written, `no sample of ${name}`).toBeDefined()
    const { settings } = read(...place(name, written))
    expect(settings).toMatchObject({ [ours]: here })
    // Score and text go with a link by themselves.
    const besides = ours === 'thanksLinkUrl' ? ['linkScoreParameter', 'linkCommentParameter'] : []
    expect(Object.keys(settings).sort()).toEqual([ours, ...besides].sort())
  })

  it.each(rows.filter(([name]) => name.startsWith('wootric_')))('%s may be a global', (name, ours) => {
    const [written, here] = SAMPLES[name] ?? []
    expect(read({}, { [name as 'wootric_x']: written }).settings).toEqual({ [ours]: here })
  })

  it.each(Object.keys(WOOTRIC_ONLY))('%s becomes no setting of ours', name => {
    expect(read(...place(name, { anything: true })).settings).toEqual({})
  })

  it('is told, where it is accepted and does nothing', () => {
    expect(read({ account_token: 'NPS-1', aria: true }, { wootric_no_surveyed_cookie: true }).told).toEqual([
      'account_token',
      'aria',
      'wootric_no_surveyed_cookie',
    ])
    expect(read({ wootric_no_surveyed_cookie: true }).told).toEqual(['wootric_no_surveyed_cookie'])
    expect(read({ survey_type: 'ces' }).told).toEqual(['survey_type'])
    expect(read({ survey_type: 'NPS' }).told).toEqual([])
    expect(read({ email: 'ada@example.com' }).told).toEqual([])
  })

  it('counts as absent where it is null or empty, as Segment leaves it', () => {
    expect(read({ event_name: null, email: '', created_at: undefined, properties: null }).settings).toEqual(
      {},
    )
  })

  it('is overruled by nothing that stands beside it: the object comes before the global', () => {
    expect(read({ wootric_recommend_target: 'a' }, { wootric_recommend_target: 'b' }).settings).toEqual({
      recommendTarget: 'a',
    })
  })
})

describe("our own names among Wootric's", () => {
  it('count in either spelling', () => {
    expect(read({ identityToken: 'x', allow_bots: true, keep_params: ['q'] }).settings).toEqual({
      identityToken: 'x',
      allowBots: true,
      keepParams: ['q'],
    })
  })
})

describe('who is here', () => {
  it('is the first of e-mail, external id and phone number that is given', () => {
    expect(read({ phone_number: '1', external_id: 'x', email: 'a@b.c' }).settings.email).toBe('a@b.c')
    expect(read({ phone_number: '1', external_id: 'x', email: '' }).settings.email).toBe('x')
    expect(read({ phone_number: '1' }).settings.email).toBe('1')
  })

  it.each([
    ['seconds', 1_528_416_000],
    ['seconds as text', '1528416000'],
    ['milliseconds', 1_528_416_000_000],
    ['milliseconds as text', '1528416000000'],
    ['a Date', new Date(1_528_416_000_000)],
    ['a date as text', '2018-06-08T00:00:00Z'],
  ])('has signed up at a time that may be given in %s', (_, created_at) => {
    expect(read({ created_at }).settings.createdAt).toBe(1_528_416_000)
  })

  it.each([['soon'], [Number.NaN], [{}]])('has not signed up at %s', created_at => {
    expect(read({ created_at }).settings.createdAt).toBeUndefined()
  })
})

describe('properties', () => {
  it('keep text, numbers, yes and no, and null', () => {
    const properties = {
      plan: 'pro',
      seats_amount: 3,
      last_order_date: 1_350_466_020,
      trial: false,
      team: null,
    }
    expect(read({ properties }).settings.properties).toEqual(properties)
  })

  it('have dates in seconds, under a name that says so', () => {
    const date = new Date(1_350_466_020_500)
    expect(read({ properties: { renewal: date, last_order_date: date } }).settings.properties).toEqual({
      renewal_date: 1_350_466_020,
      last_order_date: 1_350_466_020,
    })
  })

  it('are flat and plainly named: what is not is left out and told', () => {
    const { settings, told } = read({
      properties: { address: { city: 'Ghent' }, tags: ['a'], 'a.b': 1, $c: 1, d: 2 },
    })
    expect(settings.properties).toEqual({ d: 2 })
    expect(told).toEqual(['properties.address', 'properties.tags', 'properties.a.b', 'properties.$c'])
  })
})

describe('words', () => {
  it('of the list beat the one for all, and a class that is missing falls back to it', () => {
    const { settings } = read(
      {},
      {
        customMessages: {
          followup_question: 'Why?',
          followup_questions_list: { promoter_question: 'What is best?', passive_question: '' },
        },
      },
    )
    expect(settings.followUp).toEqual({ all: 'Why?', promoter: 'What is best?' })
  })

  it('may stand in wootricSettings too', () => {
    expect(read({ customMessages: { placeholder_text: 'Say' } }).settings.placeholder).toEqual({ all: 'Say' })
  })

  it('beside the permission are in the language of the survey', () => {
    const permission_labels = { EN: 'You may', CZ: 'Můžete', ZH_HANT: '可以', PT_PT: 'Pode' }
    const label = (language: string) => read({ permission_labels, language }).settings.permissionLabel
    expect(label('CZ')).toBe('Můžete')
    expect(label('cs')).toBe('Můžete')
    expect(label('zh-TW')).toBe('可以')
    expect(label('pt-PT')).toBe('Pode')
  })

  it('beside the permission are never those of a language that is not known here', () => {
    expect(
      read({ permission_labels: { XX: 'Klingon', EN: 'You may' }, language: 'EN' }).settings,
    ).toMatchObject({
      permissionLabel: 'You may',
    })
  })

  it.each([
    ['CN_S', 'ZH_HANS'],
    ['CN_T', 'ZH_HANT'],
    ['JP', 'JA'],
    ['SE', 'SV'],
  ])('are in the language that %s was the code of', (former, code) => {
    const permission_labels = { EN: 'You may', [former]: 'of that language' }
    expect(read({ language: former, permission_labels }).settings).toEqual({
      language: code,
      permissionLabel: 'of that language',
    })
  })

  it("of the question beat the language, and a target in them is weaker than the settings'", () => {
    const customMessages = { wootric_question: 'Und, {product}?', wootric_recommend_target: 'a' }
    expect(read({ language: 'EN', wootric_recommend_target: 'b' }, { customMessages }).settings).toEqual({
      language: 'EN',
      question: 'Und, {product}?',
      recommendTarget: 'b',
    })
  })
})

describe('the link after sending', () => {
  const thankYouLinks = { thank_you_link_url: 'https://shop.example/review?x=1' }

  it('gets score and text unless the page says no, as there', () => {
    const named = (flags: object) => {
      const { linkScoreParameter, linkCommentParameter } = read(
        {},
        { Wootric: { thankYouLinks, ...flags } },
      ).settings
      return [linkScoreParameter, linkCommentParameter]
    }
    expect(named({})).toEqual(['wootric_score', 'wootric_comment'])
    expect(named({ add_score_param_to_url: false })).toEqual([undefined, 'wootric_comment'])
    expect(named({ add_comment_param_to_url: 'false' })).toEqual(['wootric_score', undefined])
  })

  it('has it told that the e-mail is not added by itself, where there is one', () => {
    const told = (given: Given, flags = {}) => read(given, { Wootric: { thankYouLinks, ...flags } }).told
    expect(told({ email: 'ada@example.com' })).toEqual(['Wootric.add_email_param_to_url'])
    expect(told({ email: 'ada@example.com' }, { add_email_param_to_url: false })).toEqual([])
    expect(told({})).toEqual([])
  })

  it('gets the e-mail only where the site asks for that', () => {
    const url = (add_email_param_to_url?: boolean) =>
      read({ email: 'ada@example.com' }, { Wootric: { thankYouLinks, add_email_param_to_url } }).settings
        .thanksLinkUrl
    expect(url()).toEqual({ all: 'https://shop.example/review?x=1' })
    expect(url(true)).toEqual({ all: 'https://shop.example/review?x=1&wootric_email=ada%40example.com' })
  })
})

describe('whatever a page holds', () => {
  it.each([[null], ['text'], [7], [[1]], [true]])('%s does no harm where an object belongs', value => {
    const given = { properties: value, group_info: value, permission_labels: value, customMessages: value }
    const globals = { customMessages: value, Wootric: value } as unknown as GivenGlobals
    expect(() => read(given, globals)).not.toThrow()
  })
})
