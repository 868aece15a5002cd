import { SURVEY_KINDS } from './kinds.js'
import { text } from './parse-value.js'
import type { Settings } from './settings.js'

/**
 * The settings as the survey reads them. Most of them the core only passes on, since all that it does is paid for by each
 * page: they are parsed here, when they are read, so that what is configured meanwhile counts.
 */
export const surveySettings = <S extends Settings>(settings: S): S =>
  new Proxy(settings, {
    get: (given, name) => {
      const value = given[name as keyof Settings] as unknown
      try {
        return value === undefined
          ? value
          : (SURVEY_KINDS[name as string] ?? text)(String(value).trim(), value)
      } catch {
        // What can't be read as text is absent.
        return undefined
      }
    },
  })
