import type { ReportSettings } from '../../wire/report.js'
import type { Format } from '../format.js'
import { Choice } from './choice.js'

/** The languages that the survey speaks. */
const LOCALES =
  'en ar be bg cs da de el es et fa fi fr he hu id it ja ko lt lv ms nl no pl pt pt-PT ro ru sl sv th tr uk vi zh-Hans zh-Hant'.split(
    ' ',
  )

const languageName = (locale: string): string =>
  new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale

interface SettingsMenuProps {
  settings: ReportSettings
  format: Format
  onSettings(settings: ReportSettings): void
  onLocale(locale: string): void
  onSignOut(): void
}

/** The account's zone and week, the language of numbers, and the way out. */
export function SettingsMenu({ settings, format, onSettings, onLocale, onSignOut }: SettingsMenuProps) {
  const zones = Intl.supportedValuesOf('timeZone')
  const known = zones.includes(settings.time_zone) ? zones : [settings.time_zone, ...zones]
  const locales = LOCALES.includes(format.locale) ? LOCALES : [format.locale, ...LOCALES]
  return (
    <details class="menu">
      <summary>Settings</summary>
      <div>
        <Choice
          label="Time zone"
          value={settings.time_zone}
          options={known.map(zone => [zone, zone.replaceAll('_', ' ')])}
          onChange={time_zone => onSettings({ ...settings, time_zone })}
        />
        <Choice
          label="Week starts on"
          value={settings.week_start}
          options={['monday', 'saturday', 'sunday'].map(day => [day, day])}
          onChange={day => onSettings({ ...settings, week_start: day as ReportSettings['week_start'] })}
        />
        <Choice
          label="Numbers and dates"
          value={format.locale}
          options={locales.map(locale => [locale, languageName(locale)])}
          onChange={onLocale}
        />
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </details>
  )
}
