import type { SurveyMoment } from '../../../wire/v1.js'
import type { Moment } from '../tables.js'

/** The columns of {@link Moment}. */
export const MOMENT_COLUMNS = [
  'level',
  'form',
  'language',
  'device',
  'channel',
  'wording',
  'version',
  'properties',
] as const satisfies readonly (keyof Moment)[]

/** @param properties JSON text, as it is stored */
export function momentOf(
  survey: { [K in keyof SurveyMoment]?: string | null | undefined },
  properties: string,
): Moment {
  const { level, form, language, device, channel, wording, version } = survey
  return {
    level: level ?? '',
    form: form ?? '',
    language: language ?? '',
    device: device ?? '',
    channel: channel ?? '',
    wording: wording ?? '',
    version: version ?? '',
    properties,
  }
}
