/** Made by `npm run settings` of `settings-table.ts`: how a setting is read, by its name. */
import * as is from './parse-value.js'

/** What the proxy is asked for with each verdict, by wire names that are these in snake_case. */
export const WISHES = {
  eventName: is.text,
  surveyImmediately: is.yesOrNo,
  firstSurveyDays: is.number,
  resurveyDays: is.number,
  declineResurveyDays: is.number,
  registeredPercent: is.number,
  visitorPercent: is.number,
  minPageViews: is.number,
}

/** What the core reads; it passes on the rest. */
export const KINDS: Readonly<Record<string, is.ParseValue>> = {
  ...WISHES,
  identityToken: is.textOrCallback,
  email: is.text,
  createdAt: is.number,
  properties: is.properties,
  identity: is.later,
  onIdentityExpired: is.callback,
  base: is.path,
  consent: is.consent,
  rememberConsent: is.yesOrNo,
  debug: is.yesOrNo,
  autoPageViews: is.yesOrNo,
  hashRoutes: is.yesOrNo,
  keepParams: is.list,
  ignorePrivacySignals: is.yesOrNo,
  allowBots: is.yesOrNo,
  autoSurvey: is.yesOrNo,
  language: is.text,
  productName: is.text,
  askPermission: is.yesOrNo,
  showOptOut: is.yesOrNo,
}

/** What the survey reads; the rest is text. */
export const SURVEY_KINDS: Readonly<Record<string, is.ParseValue>> = {
  timeDelay: is.seconds,
  delayPages: is.number,
  ignoredAfterPages: is.number,
  includePages: is.list,
  excludePages: is.list,
  followUp: is.textPerClass,
  placeholder: is.textPerClass,
  thanks: is.textPerClass,
  thanksText: is.textPerClass,
  thanksLinkText: is.textPerClass,
  thanksLinkUrl: is.textPerClass,
  hashRoutes: is.asParsed,
  keepParams: is.asParsed,
  surveyImmediately: is.asParsed,
  askPermission: is.asParsed,
  showOptOut: is.asParsed,
}
