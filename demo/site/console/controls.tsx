import type { Choices } from './choices.js'
import { Section } from './section.js'

export interface ControlsProps {
  choices: Choices
  /** Who is logged in; empty for nobody. */
  visitor: string
  visitors: Readonly<Record<string, string>>
  onChoose(choices: Choices): void
  onVisitor(visitor: string): void
  onAsk(): void
  onStartOver(): void
}

const FORMS = { popover: 'Popover', bar: 'Bar', modal: 'Modal' }
const THEMES = { auto: 'Automatic', light: 'Light', dark: 'Dark' }
const DIRECTIONS = { ltr: 'Left to right', rtl: 'Right to left' }
const LANGUAGES = {
  auto: 'Automatic',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  ja: '日本語',
  th: 'ไทย',
  ar: 'العربية',
  he: 'עברית',
}

function Choice(props: {
  label: string
  options: Readonly<Record<string, string>>
  value: string
  onChange(value: string): void
}) {
  return (
    <label>
      {props.label}
      <select onChange={event => props.onChange(event.currentTarget.value)}>
        {Object.entries(props.options).map(([value, words]) => (
          <option key={value} value={value} selected={value === props.value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What one can make happen, besides using the site. */
export function Controls({
  choices,
  visitor,
  visitors,
  onChoose,
  onVisitor,
  onAsk,
  onStartOver,
}: ControlsProps) {
  const choose = (name: keyof Choices) => (value: string) => onChoose({ ...choices, [name]: value })
  return (
    <Section title="Try it">
      <div class="buttons">
        <button type="button" class="main" onClick={onAsk}>
          Ask now
        </button>
        <button type="button" onClick={onStartOver}>
          Start over
        </button>
        <Choice label="Visitor" options={visitors} value={visitor} onChange={onVisitor} />
        <Choice label="Form" options={FORMS} value={choices.form} onChange={choose('form')} />
        <Choice label="Language" options={LANGUAGES} value={choices.language} onChange={choose('language')} />
        <Choice label="Look" options={THEMES} value={choices.theme} onChange={choose('theme')} />
        <Choice
          label="Writing"
          options={DIRECTIONS}
          value={choices.direction}
          onChange={choose('direction')}
        />
      </div>
    </Section>
  )
}
