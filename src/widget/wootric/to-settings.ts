import type { Properties } from '../../wire/v1.js'
import { codesOf, languagesFor } from '../locales/language.js'
import type { Settings } from '../settings/settings.js'
import type { AnswerClass, PerClass } from '../survey/panel-types.js'
import { flattenProperties, toUnixSeconds } from './flat-properties.js'
import { plainCopy } from './plain-copy.js'

/** What a page holds under Wootric's names; nothing in it has a type that one could rely on. */
export type Given = Readonly<Record<string, unknown>>

/** Where a page says the rest: Wootric's settings are one object and globals beside it. */
export interface GivenGlobals {
  customMessages?: Given
  Wootric?: Given
  [name: `wootric_${string}`]: unknown
}

type Convert = (value: unknown) => unknown

const text: Convert = value => String(value)
const yesOrNo: Convert = value => value === true || value === 'true' || value === 1
const number: Convert = value => (Number.isFinite(Number(value)) ? Number(value) : undefined)

/** Codes of Wootric's that its documentation has given up since, and pages have not. */
const FORMER_CODES: Readonly<Record<string, string>> = {
  CN_S: 'ZH_HANS',
  CN_T: 'ZH_HANT',
  JP: 'JA',
  SE: 'SV',
}

const languageCode: Convert = value => FORMER_CODES[String(value)] ?? String(value)

/** One name for another, and how its value is read. */
const RENAMED: Readonly<Record<string, readonly [name: keyof Settings, convert: Convert]>> = {
  created_at: ['createdAt', toUnixSeconds],
  product_name: ['productName', text],
  wootric_recommend_target: ['recommendTarget', text],
  wootric_question: ['question', text],
  language: ['language', languageCode],
  event_name: ['eventName', text],
  modal_theme: ['theme', text],
  modal_footprint: ['density', text],
  modal_position: ['position', text],
  wootric_close_position: ['closePosition', value => (value === 'right' ? 'end' : 'start')],
  scale_color: ['scaleColor', text],
  facebook_page: ['facebookPage', text],
  twitter_account: ['twitterAccount', text],
  ask_permission_to_share_feedback: ['askPermission', yesOrNo],
  show_opt_out: ['showOptOut', yesOrNo],
  wootric_survey_immediately: ['surveyImmediately', yesOrNo],
  wootric_time_delay: ['timeDelay', number],
  wootric_first_survey: ['firstSurveyDays', number],
  wootric_resurvey_throttle: ['resurveyDays', number],
  wootric_decline_resurvey_throttle: ['declineResurveyDays', number],
  wootric_registered_percent: ['registeredPercent', number],
  wootric_visitor_percent: ['visitorPercent', number],
}

/** What else Wootric's object may hold, each with a place of its own below or in `names.ts`, or without a meaning here. */
const OTHER = new Set([
  'email',
  'external_id',
  'phone_number',
  'properties',
  'group_info',
  'permission_labels',
  'customMessages',
  'callbacks',
  'page_info',
  'account_token',
  'aria',
  'wootric_no_surveyed_cookie',
  'segment_user_id',
  'survey_type',
  'version',
])

const own = (globals: GivenGlobals, name: 'customMessages' | 'Wootric'): unknown =>
  Object.hasOwn(globals, name) ? plainCopy(globals[name]) : undefined

/** Templates with nothing to put there leave it empty, or write these words. Objects are no values, but dates. */
const isGiven = (value: unknown): boolean =>
  value instanceof Date || (typeof value !== 'object' && !/^(null|undefined|\s*)$/.test(String(value)))

const toCamelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const object = (value: unknown): Given =>
  typeof value === 'object' && value !== null ? (value as Given) : {}

/** Of the page's variables the documented ones alone: `product_name` on `window` may be an element with that id. */
const globalOf = (globals: GivenGlobals, name: string): unknown => {
  const value =
    name.startsWith('wootric_') && Object.hasOwn(globals, name) ? (globals as Given)[name] : undefined
  return typeof value === 'object' ? undefined : plainCopy(value)
}

const CLASSES: readonly AnswerClass[] = ['promoter', 'passive', 'detractor']

/** One text for everyone and a list of one a class, which is stronger: `thank_you_main`, `thank_you_main_list`. */
function perClass(all: unknown, list: unknown, suffix: string): PerClass | undefined {
  const texts = Object.fromEntries(
    [['all', all] as const, ...CLASSES.map(name => [name, object(list)[`${name}_${suffix}`]] as const)]
      .filter(([, value]) => isGiven(value))
      .map(([name, value]) => [name, String(value)]),
  )
  return Object.keys(texts).length ? texts : undefined
}

/** The label in the language that the survey will be shown in: there is one a language, by the service's codes. */
function labelFor(labels: Given, language: string | undefined): string | undefined {
  for (const code of languagesFor(language)) {
    const name = Object.keys(labels).find(label => codesOf(String(languageCode(label)))[0] === code)
    if (name && isGiven(labels[name])) return String(labels[name])
  }
  return undefined
}

/** Adds the e-mail to links that are given, as the site asked in so many words. */
function withEmail(url: PerClass | undefined, email: string): PerClass | undefined {
  if (typeof url !== 'object') return url
  const add = (address: string) => {
    try {
      const link = new URL(address, document.baseURI)
      link.searchParams.set('wootric_email', email)
      return link.href
    } catch {
      // The survey shows no link that it can't read.
      return address
    }
  }
  return Object.fromEntries(Object.entries(url).map(([name, address]) => [name, add(address)]))
}

/**
 * Settings by Wootric's names as ours. Our own names count too, in either spelling (`identity_token`, `identityToken`).
 *
 * @param given `wootricSettings`, or what `WootricSurvey.run` got
 * @param globals the page's `window`
 * @param tell is told, by name, what is accepted and does nothing here, or can't be taken
 */
export function toSettings(
  given: Given,
  globals: GivenGlobals,
  tell: (name: string, what: string) => void,
): Settings {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given))
    if (!OTHER.has(name) && !RENAMED[name]) settings[toCamelCase(name)] = value
  const messages = { ...object(own(globals, 'customMessages')), ...object(given.customMessages) }
  for (const [name, [ours, convert]] of Object.entries(RENAMED)) {
    // `customMessages` has the question, and had whom to recommend it to.
    const value = given[name] ?? messages[name] ?? globalOf(globals, name)
    if (isGiven(value)) settings[ours] = convert(value)
  }

  const { email, external_id, phone_number } = given
  const who = [email, external_id, phone_number].find(isGiven)
  if (who !== undefined) settings.email = String(who)
  const refuse = (key: string) =>
    tell(`properties.${key}`, 'is not kept: properties are flat, without $ and . in their names')
  const properties: Properties = {
    ...flattenProperties(given.properties, '', refuse),
    ...flattenProperties(given.group_info, 'group_', refuse),
  }
  if (Object.keys(properties).length) settings.properties = properties

  const { thankYouMessages, thankYouLinks, ...flags } = object(own(globals, 'Wootric'))
  const thanks = object(thankYouMessages)
  const links = object(thankYouLinks)
  const link = perClass(links.thank_you_link_url, links.thank_you_link_url_list, 'thank_you_link_url')
  /** A link has score and text unless the page says no, as there. */
  const adds = (flag: unknown) => (isGiven(flag) ? yesOrNo(flag) : link !== undefined)
  const words = {
    followUp: perClass(messages.followup_question, messages.followup_questions_list, 'question'),
    placeholder: perClass(messages.placeholder_text, messages.placeholder_texts_list, 'text'),
    thanks: perClass(thanks.thank_you_main, thanks.thank_you_main_list, 'thank_you_main'),
    thanksText: perClass(thanks.thank_you_setup, thanks.thank_you_setup_list, 'thank_you_setup'),
    thanksLinkText: perClass(
      links.thank_you_link_text,
      links.thank_you_link_text_list,
      'thank_you_link_text',
    ),
    thanksLinkUrl:
      yesOrNo(flags.add_email_param_to_url) && who !== undefined ? withEmail(link, String(who)) : link,
    linkScoreParameter: adds(flags.add_score_param_to_url) ? 'wootric_score' : undefined,
    linkCommentParameter: adds(flags.add_comment_param_to_url) ? 'wootric_comment' : undefined,
    permissionLabel: labelFor(object(given.permission_labels), settings.language as string | undefined),
  }
  for (const [name, value] of Object.entries(words)) if (value !== undefined) settings[name] = value

  if (link && who !== undefined && !isGiven(flags.add_email_param_to_url))
    tell('Wootric.add_email_param_to_url', 'has to be true here for the link to get the e-mail')
  if (isGiven(given.account_token)) tell('account_token', "is the proxy's affair, and is not used here")
  if (!/^(nps)?$/i.test(String(given.survey_type ?? ''))) tell('survey_type', 'can only be nps')
  if (given.aria !== undefined) tell('aria', 'is always on')
  if ((given.wootric_no_surveyed_cookie ?? globals.wootric_no_surveyed_cookie) !== undefined)
    tell('wootric_no_surveyed_cookie', 'has nothing to switch off: there are no cookies')
  return settings
}
