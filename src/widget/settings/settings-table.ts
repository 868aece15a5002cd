import type { VerdictRequest } from '../../wire/delivery.js'
import type { TokenSource } from '../identity/identity.js'
import type { Settings } from './settings.js'

type Value<K extends keyof Settings> = NonNullable<Settings[K]>

/** How a value is written in an attribute, and what a reader of the table sees. Holds by type for every setting. */
type Kind<V> = [V] extends [boolean]
  ? 'yes or no'
  : [V] extends [number]
    ? 'number'
    : [V] extends [readonly string[]]
      ? 'list'
      : [V] extends [() => unknown]
        ? 'function'
        : [V] extends [string | TokenSource]
          ? TokenSource extends V
            ? 'text, or a function'
            : string extends V
              ? 'text' | 'path'
              : readonly V[]
          : [Extract<V, string>] extends [never]
            ? 'object'
            : 'text, or one a class'

/** One setting: what it means, and what Wootric calls it. */
interface SettingRow<V> {
  kind: Kind<V>
  meaning: string
  /** `days`, `seconds`, `percent`, `unix seconds`. */
  unit?: string
  /** As in the type’s `@default`. Absent: none. */
  default?: string
  /** The largest number; what is larger becomes this. */
  most?: number
  /** Wootric’s names for it: in `window.wootricSettings` unless another global is named. */
  wootric?: readonly string[]
  /** Delighted’s names for it, as its `survey({…})` takes them. */
  delighted?: readonly string[]
  /** Its name in a `VerdictRequest`, where the proxy is asked for it. */
  wire?: keyof VerdictRequest
  /** The flag of `zeroten proxy` that sets what a page can’t loosen. */
  flag?: string
  /** The part of the page’s code that reads it, where that is not the core. */
  chunk?: 'scheduler' | 'panel' | 'extras'
}

/**
 * Every setting there is. The key is the spelling of `createWidget({…})`; {@link attributeOf} gives the tag’s. The
 * README's table is made from this (`npm run readme`), and tests hold it equal to the types, to what the tag parses and
 * to what Wootric’s names become. Nothing that ships to a page imports it.
 */
export const SETTINGS: { readonly [K in keyof Required<Settings>]: SettingRow<Value<K>> } = {
  identityToken: {
    kind: 'text, or a function',
    meaning:
      'Proves who is here: a token that your server signed, or a function that fetches one, now and once it has expired. Never stored.',
    wootric: ['identity_token'],
  },
  email: {
    kind: 'text',
    meaning: 'Claims who is here; counts only where the proxy allows unverified identities.',
    wootric: ['email', 'external_id', 'phone_number'],
    delighted: ['email'],
  },
  createdAt: {
    kind: 'number',
    unit: 'unix seconds',
    meaning: 'When they signed up.',
    wootric: ['created_at'],
    most: 253_402_300_799,
    delighted: ['createdAt'],
  },
  properties: {
    kind: 'object',
    meaning: 'What is known of them: flat, text and numbers.',
    wootric: ['properties', 'group_info'],
    delighted: ['properties'],
  },
  identity: {
    kind: ['later'],
    default: 'by itself, once `identify()` was called on this device',
    meaning:
      '`later`: page views wait up to 5 s for `identify()` to say whose they are, instead of being an anonymous visitor’s.',
  },
  onIdentityExpired: {
    kind: 'function',
    meaning:
      'Called once for each identity token that has expired; what it returns, or resolves with, is the next one. Events wait for it.',
  },

  base: {
    kind: 'path',
    default: "'/zeroten'",
    meaning: 'Path of the proxy on the page’s own origin. The tag takes its own folder.',
  },
  consent: {
    kind: ['granted', 'pending', 'refused'],
    default: "'granted'",
    meaning: 'While it is pending, nothing is stored or sent; `consent(true)` gives it.',
  },
  rememberConsent: {
    kind: 'yes or no',
    default: 'false',
    meaning:
      'Keep what `consent()` was told over pages, in `localStorage` under `zeroten:{base}:consent`; stronger than `consent`.',
  },
  debug: {
    kind: 'yes or no',
    default: 'false',
    meaning: 'Tell on the console what would otherwise only be an `error` event.',
  },

  autoPageViews: {
    kind: 'yes or no',
    default: 'true',
    meaning: 'Record page views by themselves; `page()` works either way.',
  },
  hashRoutes: { kind: 'yes or no', default: 'false', meaning: 'A change of the fragment is a page view.' },
  keepParams: {
    kind: 'list',
    default: '[]',
    meaning:
      'Query parameters that stay in recorded addresses; all others go. The proxy must keep them too (`--keep-query`, `keepQuery`), and says once where it does not.',
  },
  ignorePrivacySignals: {
    kind: 'yes or no',
    default: 'false',
    meaning: 'Record page views in spite of Global Privacy Control and Do Not Track.',
  },
  allowBots: { kind: 'yes or no', default: 'false', meaning: 'Work in automated browsers too.' },

  autoSurvey: {
    kind: 'yes or no',
    default: 'true',
    meaning: 'Ask as soon as the proxy says yes; false: only by `survey()`.',
  },
  eventName: {
    kind: 'text',
    meaning: 'Ask only at `event(name)`.',
    wootric: ['event_name'],
    wire: 'event_name',
  },
  timeDelay: {
    kind: 'number',
    unit: 'seconds',
    default: '30 on a visitor’s first page, else 0',
    meaning:
      'Between the yes and the question. `survey()`, `event()` and `surveyImmediately` pass over the default. Under Wootric’s names the default is 0.',
    wootric: ['wootric_time_delay'],
    most: 2_147_483,
    chunk: 'scheduler',
    delighted: ['minTimeOnPage'],
  },
  delayPages: {
    kind: 'number',
    unit: 'page views',
    default: '1, or every page where `timeDelay` is set',
    meaning:
      'On so many of a visitor’s first page views `timeDelay` holds; on the next one the question comes at once.',
    most: 1_000_000,
    chunk: 'scheduler',
  },
  ignoredAfterPages: {
    kind: 'number',
    unit: 'page views',
    default: '3',
    meaning:
      'A survey that was seen on so many pages, and neither answered nor closed, counts as a decline for whom to ask again; 0: it comes on every page.',
    most: 1_000_000,
    chunk: 'scheduler',
  },
  includePages: {
    kind: 'list',
    default: 'every page',
    meaning: 'Paths of the pages where the question may come; `*` stands for anything.',
    chunk: 'scheduler',
  },
  excludePages: {
    kind: 'list',
    default: '[]',
    meaning: 'Paths of the pages where it never does; stronger than `includePages`.',
    chunk: 'scheduler',
  },
  surveyImmediately: {
    kind: 'yes or no',
    default: 'false',
    meaning: 'For tests: open every gate but consent and opt-out, where the proxy allows it.',
    wootric: ['wootric_survey_immediately'],
    wire: 'survey_immediately',
    delighted: ['forceDisplay'],
  },
  firstSurveyDays: {
    kind: 'number',
    unit: 'days',
    default: 'the proxy’s, 30',
    meaning: 'Since sign-up, before the first question.',
    wootric: ['wootric_first_survey'],
    most: 36_500,
    wire: 'first_survey_days',
    flag: '--first-survey-days',
    delighted: ['initialDelay'],
  },
  resurveyDays: {
    kind: 'number',
    unit: 'days',
    default: 'the proxy’s, 90',
    meaning: 'After a response.',
    wootric: ['wootric_resurvey_throttle'],
    most: 36_500,
    wire: 'resurvey_days',
    flag: '--resurvey-days',
    delighted: ['recurringPeriod'],
  },
  declineResurveyDays: {
    kind: 'number',
    unit: 'days',
    default: 'the proxy’s, 30',
    meaning: 'After a decline.',
    wootric: ['wootric_decline_resurvey_throttle'],
    most: 36_500,
    wire: 'decline_resurvey_days',
    flag: '--decline-resurvey-days',
  },
  registeredPercent: {
    kind: 'number',
    unit: 'percent',
    default: '100',
    meaning: 'Share of known visitors who are asked.',
    wootric: ['wootric_registered_percent'],
    most: 100,
    wire: 'registered_percent',
    flag: '--registered-percent',
  },
  visitorPercent: {
    kind: 'number',
    unit: 'percent',
    default: '100',
    meaning: 'Share of anonymous visitors who are asked.',
    wootric: ['wootric_visitor_percent'],
    most: 100,
    wire: 'visitor_percent',
    flag: '--visitor-percent',
  },
  minPageViews: {
    kind: 'number',
    default: 'the proxy’s, 1',
    meaning: 'Page views that come before the first question.',
    most: 1_000_000,
    wire: 'min_page_views',
    flag: '--min-page-views',
  },

  form: {
    kind: ['bar', 'popover', 'modal', 'inline'],
    default: "'bar'",
    meaning: 'What the survey is; `inline` stands in the page’s `<zero-ten>`.',
    chunk: 'panel',
  },
  position: {
    kind: 'text',
    default: "'bottom', for a popover 'bottom-end'",
    meaning: 'Bar: `bottom` or `top`. Popover: `bottom-end`, `bottom-start`, `top-end`, `top-start`.',
    wootric: ['modal_position'],
    chunk: 'panel',
  },
  theme: {
    kind: ['light', 'dark', 'auto'],
    default: "'auto'",
    meaning: '`auto` follows the visitor’s system. Under Wootric’s names the default is `light`.',
    wootric: ['modal_theme'],
    chunk: 'panel',
  },
  accent: {
    kind: 'text',
    default: "'#3558d4'",
    meaning: 'Any CSS colour; contrast is taken care of.',
    chunk: 'extras',
  },
  density: {
    kind: ['compact', 'normal', 'spacious'],
    default: "'normal'",
    meaning: 'How much room it takes.',
    wootric: ['modal_footprint'],
    chunk: 'extras',
  },
  scaleColor: {
    kind: ['one', 'three', 'gradient'],
    default: "'one'",
    meaning: '`three` colours the classes, `gradient` runs from red to green.',
    wootric: ['scale_color'],
    chunk: 'extras',
  },
  closePosition: {
    kind: ['start', 'end'],
    default: "'end'",
    meaning: 'Where the close button stands. Wootric’s are `left`, the default there, and `right`.',
    wootric: ['wootric_close_position'],
    chunk: 'panel',
  },

  language: {
    kind: 'text',
    default: "'auto'",
    meaning: 'A code of the service or a BCP 47 tag; `auto`: the page’s `lang`, then the browser’s.',
    wootric: ['language'],
    delighted: ['properties.locale'],
    chunk: 'panel',
  },
  question: {
    kind: 'text',
    default: 'the language’s',
    meaning: 'The question in your own words; `{product}` and `{target}` in it are filled with the next two.',
    wootric: ['customMessages.wootric_question'],
    chunk: 'panel',
  },
  productName: {
    kind: 'text',
    default: '"recommend us"',
    meaning: 'Names the product in the question.',
    wootric: ['product_name'],
    delighted: ['properties.question_product_name'],
    chunk: 'panel',
  },
  recommendTarget: {
    kind: 'text',
    default: 'the language’s "a friend or colleague"',
    meaning: 'To whom it would be recommended.',
    wootric: ['wootric_recommend_target', 'customMessages.wootric_recommend_target'],
    chunk: 'panel',
  },
  followUp: {
    kind: 'text, or one a class',
    default: 'the language’s, one a class',
    meaning: 'The question after the score.',
    wootric: ['customMessages.followup_question', 'customMessages.followup_questions_list'],
    chunk: 'panel',
  },
  placeholder: {
    kind: 'text, or one a class',
    default: 'the language’s "Tell us more (optional)"',
    meaning: 'In the empty text field.',
    wootric: ['customMessages.placeholder_text', 'customMessages.placeholder_texts_list'],
    chunk: 'panel',
  },
  askPermission: {
    kind: 'yes or no',
    default: 'false',
    meaning: 'A box beside the text, not ticked beforehand: may it be shown to others?',
    wootric: ['ask_permission_to_share_feedback'],
    chunk: 'extras',
  },
  permissionLabel: {
    kind: 'text',
    default: 'the language’s "You may share my comment with others"',
    meaning: 'What stands beside that box. Wootric’s has one a language.',
    wootric: ['permission_labels'],
    chunk: 'extras',
  },
  showOptOut: {
    kind: 'yes or no',
    default: 'false',
    meaning: 'Offer "Don’t ask me again" beneath the question.',
    wootric: ['show_opt_out'],
    chunk: 'extras',
  },
  disclaimer: {
    kind: 'text',
    default: 'none',
    meaning: 'Small print beneath the question.',
    chunk: 'extras',
  },
  disclaimerLinkText: {
    kind: 'text',
    default: 'the address without its scheme',
    meaning: 'Text of a link after it.',
    chunk: 'extras',
  },
  disclaimerLinkUrl: {
    kind: 'text',
    default: 'no link',
    meaning: 'Where that leads: http and https only.',
    chunk: 'extras',
  },

  thanks: {
    kind: 'text, or one a class',
    default: 'the language’s "Thank you for your answer!"',
    meaning: 'The headline after sending.',
    wootric: ['Wootric.thankYouMessages.thank_you_main', 'Wootric.thankYouMessages.thank_you_main_list'],
    chunk: 'extras',
  },
  thanksText: {
    kind: 'text, or one a class',
    default: 'none',
    meaning: 'A sentence beneath it.',
    wootric: ['Wootric.thankYouMessages.thank_you_setup', 'Wootric.thankYouMessages.thank_you_setup_list'],
    chunk: 'extras',
  },
  thanksLinkText: {
    kind: 'text, or one a class',
    default: 'the address without its scheme',
    meaning: 'Text of a link beneath that.',
    wootric: ['Wootric.thankYouLinks.thank_you_link_text', 'Wootric.thankYouLinks.thank_you_link_text_list'],
    chunk: 'extras',
  },
  thanksLinkUrl: {
    kind: 'text, or one a class',
    default: 'no link',
    meaning: 'Where that leads, in a new tab: http and https only.',
    wootric: ['Wootric.thankYouLinks.thank_you_link_url', 'Wootric.thankYouLinks.thank_you_link_url_list'],
    chunk: 'extras',
  },
  linkScoreParameter: {
    kind: 'text',
    default: 'not added',
    meaning:
      'Query parameter of that link that gets the score. Under Wootric’s names it is `wootric_score`, unless that is false.',
    wootric: ['Wootric.add_score_param_to_url'],
    chunk: 'extras',
  },
  linkCommentParameter: {
    kind: 'text',
    default: 'not added',
    meaning:
      'Query parameter of that link that gets the text. Under Wootric’s names it is `wootric_comment`, unless that is false.',
    wootric: ['Wootric.add_comment_param_to_url'],
    chunk: 'extras',
  },
  facebookPage: {
    kind: 'text',
    default: 'no link',
    meaning: 'Page on Facebook that promoters are invited to share.',
    wootric: ['facebook_page'],
    chunk: 'extras',
  },
  twitterAccount: {
    kind: 'text',
    default: 'no link',
    meaning: 'Account on X that promoters are invited to mention.',
    wootric: ['twitter_account'],
    chunk: 'extras',
  },
}

/** What Wootric’s names know besides: taken where it has a meaning here, and otherwise told once where `debug` is on. */
export const WOOTRIC_ONLY: Readonly<Record<string, string>> = {
  account_token: 'Accepted: the account is the proxy’s affair. Told once in debug.',
  aria: 'Accepted: the survey is always accessible.',
  wootric_no_surveyed_cookie: 'Accepted: there are no cookies; whom to ask again is the proxy’s affair.',
  survey_type: 'Only `nps` is asked, whatever else it says. Told once in debug.',
  page_info: "Its `url` is recorded by `wootric('page')` where page views are not recorded by themselves.",
  'Wootric.add_email_param_to_url':
    'Only where it is true does the link after sending get `wootric_email`; there, unless it is false. Told once in debug.',
  'callbacks.after_eligible': 'Called with true or false when the proxy has said whether to ask.',
  'callbacks.after_show': 'Called when the survey is on the screen.',
  'callbacks.after_response': 'Called with score and text.',
  'callbacks.after_decline': 'Called when the survey was closed without a score.',
}

/** `timeDelay` → `data-time-delay`. */
export const attributeOf = (name: string): string =>
  `data-${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
